/**
 * Plays the camera in a video element.
 * @param {HTMLVideoElement} video
 * @returns {Promise<() => void>} Ends it.
 */
export async function startCamera(video) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'environment' },
  });
  video.srcObject = stream;
  await video.play();
  return () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true });

/**
 * The middle square of what the camera shows now, at the size that a model takes.
 * @param {HTMLVideoElement} video
 * @returns {ImageData}
 */
export function grab(video, width, height) {
  canvas.width = width;
  canvas.height = height;
  const side = Math.min(video.videoWidth, video.videoHeight);
  const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  context.imageSmoothingQuality = 'high';
  context.drawImage(video, left, top, side, side, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
