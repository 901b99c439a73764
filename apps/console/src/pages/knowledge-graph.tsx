/** Who worked with whom, as a graph and as a table; loaded only when somebody looks at it. */
import type { GraphView } from '@reeve/protocol';
import { useNavigate } from '@tanstack/react-router';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { useMemo } from 'react';
import { layCircle, type Pair, pairsOf } from '../model/circle.ts';
import { spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Canvas } from '../ui/canvas.tsx';
import { Section } from '../ui/parts.tsx';
import { type Column, Table } from '../ui/table.tsx';

const SIZE = { width: 190, height: 62 };
type Who = GraphView['nodes'][number];
interface WhoData extends Record<string, unknown> {
  readonly who: Who;
  readonly open: () => void;
}
type WhoNode = Node<WhoData, 'who'>;

const WhoCard = ({ data: { who, open } }: NodeProps<WhoNode>) => (
  <div style={SIZE} className="rounded-lg border bg-surface shadow-card">
    <Handle type="target" position={Position.Top} isConnectable={false} />
    <button type="button" onClick={open} className="block size-full rounded-lg px-3 py-2 text-left hover:bg-hover">
      <span className="block truncate font-semibold">{who.title}</span>
      <span className="block truncate text-2xs text-faint">
        {t.knowledge.ofCases(who.cases, who.successful)}
        {who.averageTime !== null && ` · ${t.knowledge.average(spanText(who.averageTime))}`}
      </span>
    </button>
    <Handle type="source" position={Position.Bottom} isConnectable={false} />
  </div>
);

const NODES = { who: WhoCard };

const COLUMNS: readonly Column<Pair>[] = [
  { id: 'a', title: t.knowledge.who, width: 'minmax(7rem,1fr)', cell: ({ a }) => wordsOf(a) },
  { id: 'b', title: t.knowledge.with, width: 'minmax(7rem,1fr)', cell: ({ b }) => wordsOf(b) },
  { id: 'count', title: t.knowledge.count, width: '4rem', right: true, cell: ({ count }) => count },
  { id: 'good', title: t.knowledge.wentWell, width: '5.5rem', right: true, cell: ({ successes }) => successes },
  {
    id: 'topics',
    title: t.knowledge.topics,
    width: 'minmax(8rem,2fr)',
    wide: true,
    cell: ({ topics }) => <span className="text-soft">{topics.map(wordsOf).join(', ')}</span>,
  },
];

export default function KnowledgeGraph({ graph }: { graph: GraphView }) {
  const navigate = useNavigate();
  const pairs = useMemo(() => pairsOf(graph.edges), [graph]);
  const spots = useMemo(
    () =>
      layCircle(
        graph.nodes.map(({ seat }) => seat),
        SIZE.width,
      ),
    [graph],
  );
  const most = pairs[0]?.count ?? 1;
  const nodes = graph.nodes.map(
    (who): WhoNode => ({
      id: who.seat,
      type: 'who',
      position: spots.get(who.seat)!,
      initialWidth: SIZE.width,
      initialHeight: SIZE.height,
      data: { who, open: () => void navigate({ to: '/organisation/$id', params: { id: who.seat } }) },
    }),
  );
  const edges = pairs.map(({ a, b, count }) => ({
    id: `${a} ${b}`,
    source: a,
    target: b,
    type: 'straight',
    style: { strokeWidth: 1 + (5 * count) / most },
  }));
  return (
    <div className="space-y-4">
      <Canvas
        label={t.knowledge.graphLabel}
        className="h-[calc(100dvh-24rem)]"
        padding={0.1}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
      />
      <Section flush title={t.knowledge.graph}>
        <Table
          label={t.knowledge.graph}
          height="max-h-[24rem]"
          columns={COLUMNS}
          rows={pairs}
          keyOf={({ a, b }) => `${a} ${b}`}
          empty={null}
        />
      </Section>
    </div>
  );
}
