/** What only Node.js can do: files by path, and JPEG images. */
export { openFile, type ByteFile } from './byte_file.js';
export { dataFiles } from './files.js';
export { decodeJpeg } from './jpeg.js';
export { PAGE_FOLDER, serveFolder, type ServeOptions, type StaticServer } from './static_server.js';
