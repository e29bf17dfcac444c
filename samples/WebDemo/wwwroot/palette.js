// Okabe and Ito's palette, as in the reports: told apart by people of every colour vision. From the eighth class on it repeats; names tell them apart.
const colours = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"];
const needsWhite = new Set(["#009E73", "#0072B2", "#D55E00"]);

export const colourOf = classIndex => colours[classIndex % colours.length];
export const inkOn = colour => needsWhite.has(colour) ? "#fff" : "#000";
