/** What only Node.js can do: files by path, and JPEG images. */
export { dataFiles } from './files.js';
export { decodeJpeg } from './jpeg.js';
