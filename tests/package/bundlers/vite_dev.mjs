// node vite_dev.mjs APP: Vite's development server, with its settings as they come. It prints its
// address, and ends with its standard input.
import { createServer } from 'vite';

const server = await createServer({
  root: process.argv[2],
  configFile: false,
  logLevel: 'warn',
  server: {
    host: '127.0.0.1',
    port: 0,
    headers: {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    },
  },
});
await server.listen();
console.log(`http://127.0.0.1:${server.httpServer.address().port}/`);
process.stdin.on('end', () => server.close()).resume();
