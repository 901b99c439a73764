import { storeContract } from '../src/store/contract-suite.ts';
import { memoryDisk, memoryStore } from '../src/store/memory/index.ts';

storeContract('the memory store', async () => {
  const disk = memoryDisk();
  const flip = (bytes: Uint8Array) => {
    bytes[0] = (bytes[0] as number) ^ 1;
  };
  const replaceSnapshot = async (seq: number, change: (bytes: Uint8Array) => Uint8Array) => {
    disk.snapshots = disk.snapshots.map((each) => (each.seq === seq ? { ...each, bytes: change(each.bytes) } : each));
  };
  return {
    store: memoryStore(disk),
    reopen: async () => memoryStore(disk),
    damageSnapshot: async (seq) => {
      for (const each of disk.snapshots) if (each.seq === seq) flip(each.bytes);
    },
    truncateSnapshot: (seq) => replaceSnapshot(seq, (bytes) => bytes.slice(0, -1)),
    damageBlob: async (digest) => flip(disk.blobs.get(digest) as Uint8Array),
    cleanup: async () => {},
  };
});
