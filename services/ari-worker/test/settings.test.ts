import { settingsProblems } from '@dialgate/testing';
import { expect } from 'chai';
import { workerConfig } from '../src/config.js';

describe("the worker's settings", () => {
  it('stand in the documentation, the example and the compose file, each with its default and its range', () => {
    expect(settingsProblems(workerConfig.describe(), 'ari-worker', ['Both services', 'ari-worker'])).to.deep.equal([]);
  });
});
