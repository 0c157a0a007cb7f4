// The JavaScript tests run on the package as it is built (dist/), imported by its name.
export default {
  testMatch: ['<rootDir>/tests/js/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/js/strip_types.mjs' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'] },
  modulePathIgnorePatterns: ['<rootDir>/build/'],
  maxWorkers: '100%', // one less is what it takes by itself, which is half of two
  testTimeout: 60000,
};
