import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, openCheckpoint, parseCheckpoint } from '../src/notes/checkpoint.ts';
import { ed25519Web } from '../src/notes/ed25519-web.ts';
import { signerFile } from '../src/notes/key-file.ts';
import { NoteError, noteText, parseNote, parseVerifierKey, verifierKeyText, verifyNote } from '../src/notes/note.ts';
import { ed25519Node, generateKey, openSigner } from '../src/notes/signer.ts';
import { sha256Node } from '../src/sha256-node.ts';

/** From the documentation of golang.org/x/mod/sumdb/note. */
const NEUMANN = {
  secret: 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  verifier: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};
const key = (text: string) => parseVerifierKey(text, sha256Node);
const neumann = `${NEUMANN.text}\n${NEUMANN.signature}`;

describe('a signed note', () => {
  it('[LED63] is that of the reference implementation: keys, signatures and bytes', async () => {
    const signer = openSigner(NEUMANN.secret);
    expect(verifierKeyText(signer.key)).toBe(NEUMANN.verifier);
    expect(noteText({ text: NEUMANN.text, signatures: [signer.sign(NEUMANN.text, 0)] })).toBe(neumann);
    expect(noteText(parseNote(neumann))).toBe(neumann);
    expect(await verifyNote(parseNote(neumann), key(NEUMANN.verifier), ed25519Node)).toEqual({ ok: true, time: 0 });
    expect(key('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8').name).toBe('sum.golang.org');
  });

  it('[LED63] is judged alike by node:crypto and WebCrypto', async () => {
    for (const verify of [ed25519Node, ed25519Web]) {
      expect(await verifyNote(parseNote(neumann), key(NEUMANN.verifier), verify)).toEqual({ ok: true, time: 0 });
      const other = { ...key(NEUMANN.verifier), publicKey: key(generateKey('x').verifier).publicKey };
      expect(await verifyNote(parseNote(neumann), other, verify)).toMatchObject({ ok: false });
      expect(await verify(new Uint8Array(3), new Uint8Array(0), new Uint8Array(64))).toBe(false);
    }
  });

  it('[LED63] carries several signatures, and those of others are passed over', async () => {
    const [log, witness, other] = [generateKey('log'), generateKey('witness', 4), generateKey('other')];
    const [a, b] = [openSigner(log.secret), openSigner(witness.secret)];
    const note = noteText({ text: 'hello\n', signatures: [a.sign('hello\n', 0), b.sign('hello\n', 1_795_000_000)] });
    expect(await verifyNote(parseNote(note), key(log.verifier), ed25519Node)).toEqual({ ok: true, time: 0 });
    expect(await verifyNote(parseNote(note), key(witness.verifier), ed25519Node)).toEqual({
      ok: true,
      time: 1_795_000_000,
    });
    const absent = await verifyNote(parseNote(note), key(other.verifier), ed25519Node);
    expect(absent).toEqual({ ok: false, why: expect.stringContaining('no signature of the key other+') });
  });

  it('[LED64] shows every flipped bit, in the text as in the signature', async () => {
    const bytes = Buffer.from(neumann);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        expect(await judge(changed.toString('utf8'))).toBe(false);
      }),
      { numRuns: 600 },
    );
  });

  async function judge(note: string): Promise<boolean> {
    try {
      return (await verifyNote(parseNote(note), key(NEUMANN.verifier), ed25519Node)).ok;
    } catch (error) {
      expect(error).toBeInstanceOf(NoteError);
      return false;
    }
  }

  it.each([
    ['nothing', ''],
    ['no signature', 'text\n\n'],
    ['no empty line', `text\n${NEUMANN.signature}`],
    ['no line feed at its end', neumann.slice(0, -1)],
    ['a control character', `a\u0007\n\n${NEUMANN.signature}`],
    ['a line among the signatures that is none', `${neumann}x\n`],
    ['too many signatures', `a\n\n${NEUMANN.signature.repeat(65)}`],
  ])('[LED63] with %s is none', (_, note) => {
    expect(() => parseNote(note)).toThrow(NoteError);
  });

  it('[LED63] needs a key whose id is that of its bytes', () => {
    const text = NEUMANN.verifier;
    for (let at = 0; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      expect(() => key(changed)).toThrow(NoteError);
    }
    expect(() => generateKey('two words')).toThrow(NoteError);
    expect(() => openSigner(NEUMANN.verifier)).toThrow(/PRIVATE\+KEY/);
    expect(() => openSigner(NEUMANN.secret.replace('AYEK', 'AYEL'))).toThrow(/was changed/);
  });
});

describe('a checkpoint', () => {
  const log = generateKey('reeve/acme');
  const signer = openSigner(log.secret);
  const checkpoint = { origin: 'reeve/acme', size: 12, root: sha256Node('root') };
  const signed = (text: string) => noteText({ text, signatures: [signer.sign(text, 0)] });

  it('[LED65] is origin, size and root, signed', async () => {
    const note = signed(checkpointText(checkpoint));
    expect(note.split('\n').slice(0, 2)).toEqual(['reeve/acme', '12']);
    const opened = await openCheckpoint(note, [key(log.verifier)], ed25519Node);
    expect(opened).toMatchObject({ ok: true, checkpoint });
    expect(parseCheckpoint(`${checkpointText(checkpoint)}an extension\n`)).toEqual(checkpoint);
  });

  it('[LED65] of another log, by another key, or of another form is refused by its fault', async () => {
    const what = async (note: string, ...keys: string[]) => {
      const opened = await openCheckpoint(note, keys.map(key), ed25519Node);
      return opened.ok ? 'good' : opened.what;
    };
    const note = signed(checkpointText(checkpoint));
    expect(await what(note, generateKey('reeve/other').verifier)).toBe('origin');
    expect(await what(note, generateKey('reeve/acme').verifier)).toBe('signature');
    expect(await what(note, generateKey('reeve/acme').verifier, log.verifier)).toBe('good');
    expect(await what(note.replace('\n12\n', '\n13\n'), log.verifier)).toBe('signature');
    for (const text of ['reeve/acme\n12\n', 'reeve/acme\n012\nAAAA\n', `reeve/acme\n-1\n${'A'.repeat(43)}=\n`])
      expect(await what(signed(text), log.verifier)).toBe('checkpoint');
    expect(await what('', log.verifier)).toBe('checkpoint');
  });
});

describe('the key file', () => {
  it('[LED66] is made once, for this user only, and belongs to one name', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'reeve-key-'));
    const path = join(directory, 'log.key');
    try {
      const { key: first } = await signerFile(path, 'reeve/acme');
      expect((await signerFile(path, 'reeve/acme')).key).toEqual(first);
      if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readFile(path, 'utf8')).toMatch(/^PRIVATE\+KEY\+reeve\/acme\+/);
      await expect(signerFile(path, 'reeve/other')).rejects.toThrow(/holds the key of reeve\/acme/);
      await writeFile(path, 'something');
      await expect(signerFile(path, 'reeve/acme')).rejects.toThrow(NoteError);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
