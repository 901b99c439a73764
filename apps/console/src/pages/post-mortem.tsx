/** How an incident came about, what it touched, what was done, and whether its cause is an old one: from the ledger. */
import type { PostMortem } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { clockText, spanText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Facts, Untrusted } from '../ui/parts.tsx';

const sameCause = ({ signature, level, earlier }: PostMortem): string => {
  if (earlier !== null) return t.incidents.sameYes(level, earlier);
  return signature === null ? t.incidents.unknownCause : t.incidents.sameNo;
};

export function PostMortemText({ of }: { of: PostMortem }) {
  const { operations, runs, approvals, cases } = of.impact;
  const { refused, failed, deferred } = operations;
  return (
    <div className="space-y-4">
      <p className="text-faint">{t.incidents.mortemSub}</p>
      <p className="font-medium">
        <Untrusted text={of.summary} />
      </p>
      <Facts
        rows={[
          [t.incidents.lasted, of.lasted === null ? t.incidents.ongoing : spanText(of.lasted)],
          [t.incidents.sameCause, sameCause(of)],
          [t.incidents.impact, t.incidents.touched(refused, failed, deferred, runs, approvals)],
          cases.length > 0 && [t.nav.cases, <Cases key="c" ids={cases} />],
          of.done.length > 0 && [t.incidents.done, <Untrusted key="d" text={of.done.join('\n')} block />],
          of.prevention !== null && [t.incidents.prevention, <Untrusted key="p" text={of.prevention} block />],
        ]}
      />
      <Lines title={t.incidents.chain} of={of.chain} />
      <Lines title={t.incidents.timeline} of={of.timeline} />
      {!of.complete && <p className="text-xs text-faint">{t.incidents.incomplete}</p>}
    </div>
  );
}

const Cases = ({ ids }: { ids: readonly string[] }) => (
  <span className="flex flex-wrap gap-x-2">
    {ids.map((id) => (
      <Link key={id} to="/cases/$id" params={{ id }} className="text-accent underline">
        {id}
      </Link>
    ))}
  </span>
);

const Lines = ({ title, of }: { title: string; of: PostMortem['timeline'] }) => (
  <section>
    <h3 className="mb-1 text-xs font-semibold text-faint">{title}</h3>
    <ol
      tabIndex={0}
      aria-label={title}
      className="max-h-64 divide-y overflow-auto rounded-md bg-sunken px-3 scroll-thin"
    >
      {of.map(({ seq, at, text }) => (
        <li key={seq} className="flex items-baseline gap-3 py-1">
          <Link
            to="/ledger/$seq"
            params={{ seq: String(seq) }}
            className="shrink-0 font-mono text-2xs text-faint underline"
          >
            {clockText(at)}
          </Link>
          <span className="min-w-0">
            <Untrusted text={text} />
          </span>
        </li>
      ))}
    </ol>
  </section>
);
