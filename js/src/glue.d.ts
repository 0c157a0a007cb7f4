// The files that the build writes beside the binaries: Emscripten's, and what they were made of.
declare module '*/octolite-simd128.js' {
  const create: (settings: object) => Promise<never>;
  export default create;
}
declare module '*/octolite-relaxed.js' {
  const create: (settings: object) => Promise<never>;
  export default create;
}
declare module '*/octolite-threads.js' {
  const create: (settings: object) => Promise<never>;
  export default create;
}
declare module '*/provenance.js' {
  const provenance: Omit<import('./versions.js').Versions, 'octolite'>;
  export default provenance;
}
