// Mocha's own spec reporter for people, and the counts of each file's tests for the table at the end of `npm test`.
// CommonJS, because Mocha loads its reporters with require.
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const Mocha = require('mocha');

module.exports = function reporter(runner, options) {
  new Mocha.reporters.Spec(runner, options);
  const files = {};
  const count = (kind) => (test) => {
    const file = test.file === undefined ? '' : relative(process.cwd(), test.file);
    files[file] ??= { passed: 0, failed: 0, skipped: 0 };
    files[file][kind] += 1;
  };
  runner.on('pass', count('passed'));
  runner.on('fail', count('failed'));
  runner.on('pending', count('skipped'));
  runner.once('end', () => writeFileSync(options.reporterOptions.file, JSON.stringify(files)));
};
