// Frames of a camera, one after the other: the next is taken when the last is answered, so the rate is what the machine gives.
export async function openCamera() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new Error("The browser gives no camera to this page: it has to be opened over HTTPS or on this machine.");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  return {
    frame: async longestSide => {
      const scale = Math.min(1, longestSide / Math.max(video.videoWidth, video.videoHeight));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      return { canvas, blob: await new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.85)) };
    },
    close: () => stream.getTracks().forEach(track => track.stop()),
  };
}

// Pictures per second over the last two seconds.
export class Rate {
  #times = [];

  tick(now = performance.now()) {
    this.#times = [...this.#times.filter(time => time > now - 2000), now];
    const span = now - this.#times[0];
    return span > 0 ? (this.#times.length - 1) * 1000 / span : 0;
  }
}
