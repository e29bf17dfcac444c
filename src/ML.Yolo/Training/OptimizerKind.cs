namespace ML.Yolo;

/// <summary>The rule by which gradients change weights.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum: the reference's choice.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015); momentum is its β₁. Use a learning rate about ten times smaller than for SGD.</summary>
    Adam,

    /// <summary>
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019): learns most in short runs from scratch. Use a learning rate about ten times smaller than
    /// for SGD.
    /// </summary>
    AdamW,

    /// <summary>What <see cref="Recipe"/> chooses: AdamW in short runs, SGD in long ones.</summary>
    Auto,
}
