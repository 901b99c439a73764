import type { BACKUP_ROUTES } from '@reeve/protocol';
import type { Handler } from './handler.ts';

/** Made while it is taken: a slow reader costs no memory here. */
function streamOf(pieces: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await pieces.return()),
  });
}

export const BACKUP_HANDLERS: { readonly [K in keyof typeof BACKUP_ROUTES]: Handler<K> } = {
  backups: async ({ backups }, { query }) => ({ body: await backups.list(query) }),
  takeBackup: async ({ backups }, _, { id }) => {
    const { name, repeated } = await backups.take(id);
    return { status: 202, body: { name }, repeated };
  },
  checkBackup: async ({ backups }, { params }) => ({ status: 202, body: { name: await backups.check(params.id) } }),
  backupFile: async ({ backups, runtime }, { params }) => {
    const { bytes, pieces } = await backups.file(params.id);
    const name = `${runtime.org}-${params.id}.tar`;
    return new Response(streamOf(pieces), {
      headers: {
        'content-type': 'application/x-tar',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename="${name}"`,
      },
    });
  },
};
