import { statfsSync } from 'node:fs';
import { freemem } from 'node:os';

/** Where Linux keeps files in memory. A container's may be of 64 MB, or may be missing. */
const DIRECTORY = '/dev/shm';

/** Of statfs(2): another file system may be mounted there. */
const TMPFS = 0x01021994;

/** The server of a whole `npm test` has 150 MB of files at a time. */
const ROOM_BYTES = 2 * 2 ** 30;
/** What the files take is missing for programs. */
const MEMORY_BYTES = 2 * ROOM_BYTES;

/** What is asked before files are kept in memory. */
export interface Room {
  readonly fileSystem: number;
  readonly freeBytes: number;
  readonly freeMemoryBytes: number;
}

/** Whether a server that is thrown away may have its files in memory. */
export function isRoomy({ fileSystem, freeBytes, freeMemoryBytes }: Room): boolean {
  return fileSystem === TMPFS && freeBytes >= ROOM_BYTES && freeMemoryBytes >= MEMORY_BYTES;
}

/**
 * A directory of files in memory with room for a server that is thrown away, or null. A database of a test is four hundred files
 * that live for a second: to make and remove them on a disk costs ten times the processor that they cost in memory.
 */
export function memoryDirectory(directory = DIRECTORY): string | null {
  try {
    const { type, bavail, bsize } = statfsSync(directory);
    // A container's limit is not the machine's memory; 0 is none.
    const limit = process.constrainedMemory() || Infinity;
    const room = { fileSystem: type, freeBytes: bavail * bsize, freeMemoryBytes: Math.min(freemem(), limit) };
    return isRoomy(room) ? directory : null;
  } catch {
    return null; // There is none.
  }
}
