/** One record: what it says, where it stands in the chain, and the proof that it is in the signed ledger. */
import type { LedgerRecord } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useAct } from '../app/act.ts';
import { client } from '../app/client.ts';
import { momentText, wordsOf } from '../model/format.ts';
import { type ProofReport, verifyProof } from '../model/proof.ts';
import { t } from '../text/en.ts';
import { Button, Empty, Facts, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { Json } from '../ui/values.tsx';
import { saveBlob } from './download.ts';

export function RecordPage() {
  const { seq: text } = useParams({ from: '/ledger/$seq' });
  const seq = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0;
  const { data, error } = useQuery({
    queryKey: ['record', seq],
    queryFn: ({ signal }) => client.ledger({ after: seq - 1, limit: 1 }, { signal }),
    enabled: seq > 0,
  });
  if (error) return <Problem error={error} />;
  const record = data?.records[0];
  if (seq === 0 || (data && record?.seq !== seq))
    return (
      <Empty icon="search" title={t.record.none(text)}>
        {t.record.noneWhy}
      </Empty>
    );
  return record ? <Shown record={record} /> : <Loading rows={8} />;
}

function Shown({ record }: { record: LedgerRecord }) {
  const { seq, text, kind, body } = record;
  return (
    <>
      <p className="mb-2 text-xs text-faint">
        <Link to="/ledger" className="text-accent underline">
          {t.nav.ledger}
        </Link>{' '}
        / {seq}
      </p>
      <PageTitle title={<Untrusted text={text ?? kind} />} sub={<code className="font-mono text-xs">{kind}</code>}>
        {seq > 1 && <Step seq={seq - 1} label={t.record.before} />}
        <Step seq={seq + 1} label={t.record.after} />
      </PageTitle>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <Section title={t.record.body}>
          <Json value={body} />
        </Section>
        <div className="space-y-4">
          <Header record={record} />
          <Proof key={seq} seq={seq} />
        </div>
      </div>
    </>
  );
}

const Header = ({ record: { seq, at, actor, stream, correlation, causation, hash } }: { record: LedgerRecord }) => (
  <Section title={t.record.header}>
    <Facts
      rows={[
        [t.record.seq, String(seq)],
        [t.ledger.at, momentText(at)],
        [t.ledger.who, `${actor.principal}${actor.seat ? ` (${wordsOf(actor.seat)})` : ''}`],
        [
          t.record.stream,
          <code key="s" className="font-mono text-xs">
            {stream}
          </code>,
        ],
        [
          t.record.about,
          <Link key="c" to="/ledger" search={{ correlation }} className="text-accent underline">
            {correlation}
          </Link>,
        ],
        [t.record.cause, <Cause key="k" causation={causation} />],
        [
          t.record.hash,
          <code key="h" className="font-mono text-2xs">
            {hash}
          </code>,
        ],
      ]}
    />
  </Section>
);

function Cause({ causation }: { causation: LedgerRecord['causation'] }) {
  if ('timer' in causation) return t.record.byTimer(causation.timer);
  if (!('seq' in causation)) return t.record.byCommand;
  return (
    <Link to="/ledger/$seq" params={{ seq: String(causation.seq) }} className="text-accent underline">
      {t.record.byRecord(causation.seq)}
    </Link>
  );
}

const Step = ({ seq, label }: { seq: number; label: string }) => (
  <Link
    to="/ledger/$seq"
    params={{ seq: String(seq) }}
    className="inline-flex min-h-7 items-center rounded-md border border-strong bg-surface px-2.5 font-medium hover:bg-hover"
  >
    {label}
  </Link>
);

/** The file `reeve ledger verify --proof` takes; checked here first, with nothing but the key. */
function Proof({ seq }: { seq: number }) {
  const prove = useAct(async (): Promise<{ file: string; report: ProofReport }> => {
    const proof = await client.ledgerProof({ seq });
    const { verifier } = await client.ledgerHead();
    const file = `${JSON.stringify(proof)}\n`;
    return { file, report: await verifyProof(proof, verifier ?? '') };
  });
  const { data } = prove;
  return (
    <Section title={t.record.proof}>
      <p className="mb-3 text-soft">{t.record.proofWhy}</p>
      <div className="flex gap-2">
        <Button look="primary" busy={prove.isPending} onClick={() => prove.mutate()}>
          {t.record.prove}
        </Button>
        {data && (
          <Button icon="down" onClick={() => saveBlob(new Blob([data.file]), `record-${seq}.proof.json`)}>
            {t.record.save}
          </Button>
        )}
      </div>
      {data && (
        <p
          role="status"
          className={`mt-3 rounded-md px-3 py-2 font-medium ${data.report.ok ? 'bg-good-tint text-good' : 'bg-bad-tint text-bad'}`}
        >
          {data.report.ok ? t.record.proven(data.report.size, data.report.steps) : t.record.unproven(data.report.why)}
        </p>
      )}
    </Section>
  );
}
