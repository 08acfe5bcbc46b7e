// Mocha's own spec reporter for people, and the counts in a file for the table at the end of `npm test`.
// CommonJS, because Mocha loads its reporters with require.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

/** How long a tier's process may take to end by itself when its last test is done. */
const LINGER_MS = 10_000;

module.exports = function reporter(runner, options) {
  new Mocha.reporters.Spec(runner, options);
  const { file } = options.reporterOptions;
  runner.once('end', () => {
    const { passes, failures, pending } = runner.stats;
    const counts = { passed: passes, failed: failures, skipped: pending };
    writeFileSync(file, JSON.stringify(counts));
    setTimeout(() => {
      const open = process
        .getActiveResourcesInfo()
        .filter((kind) => !['TTYWrap', 'PipeWrap', 'Timeout'].includes(kind));
      console.error(
        `The tests are done, but something they opened is still open: ${[...new Set(open)].join(', ') || 'a timer'}`,
      );
      writeFileSync(file, JSON.stringify({ ...counts, failed: failures + 1 }));
      process.exit(1);
    }, LINGER_MS).unref();
  });
};
