import { documentedSettings, settingsProblems } from '@dialgate/testing';
import { expect } from 'chai';
import { webhookWorkerConfig } from '../src/config.js';

describe("the webhook worker's settings", () => {
  it('stand in the documentation, the example and the compose file, each with its default and its range', () => {
    const problems = settingsProblems(webhookWorkerConfig.describe(), 'webhook-worker', [
      'Both services',
      'webhook-worker',
    ]);
    // What is about calls and numbers concerns the other two.
    const ofOthers = [...documentedSettings(['Both services']).keys()];
    const left = problems.filter(
      (problem) => !ofOthers.some((name) => problem.startsWith(`${name} is not in the schema`)),
    );
    expect(left).to.deep.equal([]);
  });
});
