import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const nodeGlobals = Object.fromEntries(
  ['console', 'process', 'URL', 'Buffer', 'performance', 'setTimeout', 'clearTimeout', 'fetch'].map(
    (name) => [name, 'readonly'],
  ),
);

const pageGlobals = Object.fromEntries(
  [
    'AbortController',
    'AbortSignal',
    'addEventListener',
    'atob',
    'crypto',
    'DataTransfer',
    'document',
    'File',
    'getComputedStyle',
    'OffscreenCanvas',
    'Worker',
  ].map((name) => [name, 'readonly']),
);

const examplePageGlobals = Object.fromEntries(
  [
    'AudioContext',
    'AudioWorkletNode',
    'AudioWorkletProcessor',
    'document',
    'navigator',
    'registerProcessor',
    'requestAnimationFrame',
  ].map((name) => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['build/', 'dist/', '.toolchain/', 'coverage/', 'tests/golden/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off', // after a check that the compiler cannot see
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }], // to leave fields out
      '@typescript-eslint/prefer-optional-chain': 'off',
      '@typescript-eslint/unbound-method': 'off', // interfaces of plain objects have method syntax
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    // Functions in these files run in the page.
    files: ['tests/e2e/*.mjs', 'tests/docs/*.mjs'],
    languageOptions: { globals: pageGlobals },
  },
  {
    files: ['examples/{keyword-spotting,plain-html,vite-camera}/**/*.js'],
    languageOptions: { globals: examplePageGlobals },
  },
  {
    files: ['tests/package/app/*.js'],
    languageOptions: {
      globals: {
        ...pageGlobals,
        postMessage: 'readonly',
        Response: 'readonly',
        Worker: 'readonly',
      },
    },
  },
  {
    // These run in Node.js and in pages.
    files: ['tests/bench/**/*.mjs'],
    languageOptions: {
      globals: { TextDecoder: 'readonly', TextEncoder: 'readonly', WebAssembly: 'readonly' },
    },
  },
  {
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'BinaryExpression[operator="instanceof"][right.name="ArrayBuffer"]',
          message: 'False across realms (Jest, iframes): use ArrayBuffer.isView or the type tag.',
        },
      ],
    },
  },
);
