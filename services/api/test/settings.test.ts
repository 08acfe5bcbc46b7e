import { settingsProblems } from '@dialgate/testing';
import { expect } from 'chai';
import { variables } from '../src/config.js';

describe("the API's settings", () => {
  it('stand in the documentation, the example and the compose file, each with its default and its range', () => {
    expect(settingsProblems(variables.describe(), 'api', ['Both services', 'API'])).to.deep.equal([]);
  });
});
