// The two questions to the server. Failures carry what the server said, in words for people.
let key = sessionStorage.getItem("api-key");

export const useKey = value => {
  key = value;
  sessionStorage.setItem("api-key", value);
};

export class ApiError extends Error {
  constructor(status, message, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const getModel = () => ask("v1/model");

// All that the slider may show is asked for once: what is below its threshold is hidden here, without another request.
export const detect = (image, lowestScore, signal) => ask(`v1/detect?score=${lowestScore}`, {
  method: "POST",
  headers: { "Content-Type": image.type || "application/octet-stream" },
  body: image,
  signal,
});

async function ask(path, options = {}) {
  const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (failure) {
    if (failure.name === "AbortError")
      throw failure;
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (answer.ok)
    return answer.json();
  const problem = await answer.json().catch(() => ({}));
  const said = problem.detail ?? Object.values(problem.errors ?? {}).flat().join(" ");
  const message = [problem.title, said].filter(Boolean).join(": ") || `The server answered ${answer.status}.`;
  throw new ApiError(answer.status, message, Number(answer.headers.get("Retry-After")));
}
