export default {
  base: './',
  // The library finds its worker and its WebAssembly files beside its modules, so that these stay
  // where they are while developing. `vite build` needs nothing of this.
  optimizeDeps: { exclude: ['octolite'] },
  server: { fs: { allow: ['..'] } }, // The sample model is in the folder beside this one.
};
