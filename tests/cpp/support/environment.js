/* global Module, ENV */
// Emscripten gives programs an environment of their own. What the tests read of the real one: their
// share of the work, and where the models are.
Module['preRun'] = () => {
  for (const name of ['GTEST_TOTAL_SHARDS', 'GTEST_SHARD_INDEX', 'OCTOLITE_SHARED']) {
    if (process.env[name] !== undefined) ENV[name] = process.env[name];
  }
};
