/** Records in words, one a line: what just happened. */
import type { LedgerRecord } from '@reeve/protocol';
import { Link } from '@tanstack/react-router';
import { Ago, Untrusted } from '../ui/parts.tsx';

type Line = Pick<LedgerRecord, 'seq' | 'text' | 'kind' | 'at' | 'correlation' | 'stream'>;

const runOf = (stream: string): string | undefined => /^run\/(R-\d+)$/.exec(stream)?.[1];

const RunLink = ({ id }: { id: string }) => (
  <Link to="/workers/$id" params={{ id }} className="text-xs text-accent hover:underline">
    {id}
  </Link>
);

/** `numbered` puts the number of each record first, with a link to it; `runs` links to the run it is about. */
export const RecordLines = ({
  records,
  numbered = false,
  runs = false,
}: {
  records: readonly Line[];
  numbered?: boolean;
  runs?: boolean;
}) => (
  <ol className="divide-y">
    {records.map(({ seq, text, kind, at, correlation, stream }) => (
      <li key={seq} className="arrive flex items-baseline gap-3 px-4 py-1.5">
        {numbered && (
          <Link
            to="/ledger/$seq"
            params={{ seq: String(seq) }}
            className="w-11 shrink-0 font-mono text-2xs text-faint hover:underline"
          >
            {seq}
          </Link>
        )}
        <span className="min-w-0 flex-1 truncate">
          <Untrusted text={text ?? kind} />
        </span>
        {runs && runOf(stream) !== undefined && <RunLink id={runOf(stream)!} />}
        {/^C-\d+$/.test(correlation) && (
          <Link to="/cases/$id" params={{ id: correlation }} className="text-xs text-accent hover:underline">
            {correlation}
          </Link>
        )}
        <span className="text-2xs text-faint">
          <Ago at={at} />
        </span>
      </li>
    ))}
  </ol>
);
