import { expect } from 'chai';
import { isDiagramDocumented, stateDiagram } from '../src/index.js';

describe('the state diagram', () => {
  it('in docs/architecture.md is that of the transition table and of the one way back', () => {
    expect(isDiagramDocumented(), 'stale: run pnpm diagram').to.equal(true);
  });

  it('tells of each way which events lead along it, from the first status to the last', () => {
    const lines = stateDiagram().split('\n');
    expect(lines).to.include.members([
      '    [*] --> pending',
      '    pending --> dialing : dial_sent',
      '    pending --> failed : refused, expired',
      '    dialing --> pending : permit_returned',
      '    ringing --> no_answer : hung_up',
      '    completed --> [*]',
    ]);
  });
});
