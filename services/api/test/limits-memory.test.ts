import { expect } from 'chai';
import { openMemory } from '../src/limits/memory.js';

describe('the memory of rate limits', () => {
  it('keeps a value until its time', () => {
    let now = 0;
    const memory = openMemory<string>(() => now);
    memory.set('key', 'value', 10);
    now = 9;
    expect(memory.get('key')).to.equal('value');
    now = 10;
    expect(memory.get('key')).to.equal(undefined);
  });

  it('holds no more than it may, and drops what was written longest ago', () => {
    const memory = openMemory<number>(() => 0, 2);
    memory.set('a', 1, 10);
    memory.set('b', 2, 10);
    memory.set('a', 3, 10);
    memory.set('c', 4, 10);
    expect(['a', 'b', 'c'].map((key) => memory.get(key))).to.deep.equal([3, undefined, 4]);
  });
});
