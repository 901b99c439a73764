/** Verify the ledger here, in this browser: that of the server, or a copy somebody gave you. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type DragEvent, useState } from 'react';
import { client } from '../app/client.ts';
import { headQuery } from '../app/queries.ts';
import { countText, spanText } from '../model/format.ts';
import { type Expected, type Report, verifyExport } from '../model/verify.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { Button, cx, Facts, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';

interface Work {
  readonly name: string;
  readonly records: number;
  readonly report?: Report;
  readonly ms?: number;
  readonly error?: Error;
}

async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export function Verify() {
  const head = useQuery(headQuery()).data;
  const [work, setWork] = useState<Work | null>(null);
  const busy = work !== null && !work.report && !work.error;
  const run = async (name: string, open: () => Promise<ReadableStream<Uint8Array>>, expected: Expected) => {
    setWork({ name, records: 0 });
    const began = performance.now();
    try {
      const report = await verifyExport(chunks(await open()), expected, (records) => setWork({ name, records }));
      setWork({ name, records: report.records, report, ms: performance.now() - began });
    } catch (error) {
      setWork({ name, records: 0, error: error as Error });
    }
  };
  const own = async () => {
    // What the server says now is what the copy it then gives must contain.
    const { seq, hash, verifier } = await client.ledgerHead();
    await run(t.verify.ours, () => client.ledgerExport(), { key: verifier, head: { seq, hash } });
  };
  const file = (given: File) =>
    void run(given.name, async () => given.stream(), { key: head?.verifier ?? null, head: null });
  return (
    <>
      <p className="mb-2 text-xs text-faint">
        <Link
          to="/ledger"
          className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
        >
          {t.nav.ledger}
        </Link>{' '}
        / {t.verify.title}
      </p>
      <PageTitle title={t.verify.title} sub={t.verify.sub} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Section title={t.verify.what}>
          <Button large look="primary" icon="check" busy={busy} onClick={() => void own()}>
            {t.verify.own}
          </Button>
          <Drop busy={busy} onFile={file} />
          {head?.verifier && (
            <p className="mt-4 text-xs text-faint">
              {t.verify.key} <code className="font-mono">{head.verifier}</code>
            </p>
          )}
        </Section>
        <Section title={t.verify.result}>
          {work ? <Result work={work} /> : <p className="text-soft">{t.verify.none}</p>}
        </Section>
      </div>
    </>
  );
}

function Drop({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [given] = event.dataTransfer.files;
    if (given) onFile(given);
  };
  return (
    <label
      onDrop={drop}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      className={cx(
        'mt-4 flex cursor-pointer flex-col items-center gap-1 rounded-lg border-2 border-dashed px-4 py-6 text-center hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent',
        over ? 'border-accent bg-accent-tint' : 'border-strong',
      )}
    >
      <Icon name="ledger" size={20} />
      <span className="font-medium">{t.verify.drop}</span>
      <span className="text-xs text-faint">{t.verify.dropHint}</span>
      <input
        type="file"
        className="sr-only"
        disabled={busy}
        accept=".jsonl,.ndjson,.txt"
        onChange={(event) => event.target.files?.[0] && onFile(event.target.files[0])}
      />
    </label>
  );
}

function Result({ work: { name, records, report, ms, error } }: { work: Work }) {
  if (error) return <Problem error={error} />;
  if (!report) return <p role="status">{t.verify.busy(name, countText(records))}</p>;
  const { bad } = report;
  return (
    <div role="status">
      <p
        className={cx(
          'rounded-md px-4 py-3 text-lg font-semibold',
          bad ? 'bg-bad-tint text-bad' : 'bg-good-tint text-good',
        )}
      >
        {bad ? t.verify.bad : t.verify.good}
      </p>
      {bad && (
        <p className="mt-3 text-base">
          <strong>{t.verify.at(countText(bad.seq), countText(bad.line))}</strong> <Untrusted text={bad.why} />
        </p>
      )}
      <div className="mt-3">
        <Facts
          rows={[
            [t.verify.file, <Untrusted key="f" text={name} />],
            [t.verify.records, countText(report.records)],
            [t.verify.signed, t.verify.signedBy(countText(report.signed), report.checkpoints)],
            [
              t.verify.trust,
              report.trusted === null ? t.verify.noKey : report.trusted ? t.verify.ourKey : t.verify.otherKey,
            ],
            [
              t.verify.head,
              <code key="h" className="font-mono text-2xs">
                {report.head}
              </code>,
            ],
            ms !== undefined && [t.verify.took, spanText(ms)],
          ]}
        />
      </div>
    </div>
  );
}
