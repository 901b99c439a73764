/** The graph of an explanation; loaded only when somebody looks at one. */
import '@xyflow/react/dist/base.css';
import '../ui/flow.css';
import type { Explanation } from '@reeve/protocol';
import { useNavigate } from '@tanstack/react-router';
import {
  Background,
  Controls,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { useMemo } from 'react';
import { type NodeTone, placeNodes, type WhyNode, whyGraph } from '../model/why-graph.ts';
import { t } from '../text/en.ts';
import { cx, Untrusted } from '../ui/parts.tsx';
import { readTypes, useCatalogue } from '../ui/values.tsx';

const SIZE = { width: 204, height: 100, gap: 20 };
const TONES: Record<NodeTone, string> = {
  plain: 'border-line',
  good: 'border-good',
  warn: 'border-warn',
  bad: 'border-bad',
  accent: 'border-accent',
};

type FactNode = Node<{ fact: WhyNode; enters: Position; leaves: Position }, 'fact'>;

const SIDES = { left: Position.Left, right: Position.Right, top: Position.Top, bottom: Position.Bottom };

const Fact = ({ data: { fact, enters, leaves } }: NodeProps<FactNode>) => (
  <div
    className={cx(
      'overflow-hidden rounded-lg border border-l-4 bg-surface px-3 py-2 text-left shadow-card',
      TONES[fact.tone],
      fact.to && 'cursor-pointer hover:bg-hover',
    )}
    style={{ width: SIZE.width, height: SIZE.height }}
  >
    <Handle type="target" position={enters} isConnectable={false} />
    <p className="text-2xs font-semibold tracking-wide text-faint uppercase">{fact.label}</p>
    <p className="truncate font-semibold">
      <Untrusted text={fact.title} />
    </p>
    {fact.lines.slice(0, 3).map((line) => (
      <p key={line} className="truncate text-2xs text-soft">
        <Untrusted text={line} />
      </p>
    ))}
    <Handle type="source" position={leaves} isConnectable={false} />
  </div>
);

const NODES = { fact: Fact };
const ARROW = { type: MarkerType.ArrowClosed, color: 'var(--c-faint)', width: 16, height: 16 };

export default function WhyGraphView({ of }: { of: Explanation }) {
  const navigate = useNavigate();
  const catalogue = useCatalogue();
  const graph = useMemo(() => {
    const readType = (name: string, field: string) => readTypes(catalogue, of.operation.capability, name)[field]?.type;
    return whyGraph(of, { currency: catalogue.currency, readType });
  }, [of, catalogue]);
  const places = useMemo(() => placeNodes(graph.nodes, SIZE), [graph]);
  const nodes = graph.nodes.map((fact): FactNode => {
    const { x, y, enters, leaves } = places.get(fact.id)!;
    return {
      id: fact.id,
      type: 'fact',
      position: { x, y },
      data: { fact, enters: SIDES[enters], leaves: SIDES[leaves] },
    };
  });
  const edges = graph.edges.map(({ from, to }) => ({
    id: `${from}-${to}`,
    source: from,
    target: to,
    markerEnd: ARROW,
  }));
  return (
    <section aria-label={t.why.graphLabel(of.operation.id)} className="h-[30rem] rounded-lg border bg-sunken">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        fitView
        fitViewOptions={{ padding: 0.06 }}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        onNodeClick={(_, { data }) => data.fact.to && void navigate({ to: data.fact.to as '/' })}
        preventScrolling={false}
        zoomOnScroll={false}
      >
        <Background gap={24} color="var(--c-line)" />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}
