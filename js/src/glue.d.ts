// The files that Emscripten writes beside the binaries.
declare module '*.mjs' {
  const create: (settings: object) => Promise<never>;
  export default create;
}
