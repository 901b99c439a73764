/** The chart of seats: what each is doing, and in the mode that restructures, a place to move them. Loaded when looked at. */
import { useNavigate } from '@tanstack/react-router';
import { useOnViewportChange, useReactFlow, useStoreApi } from '@xyflow/react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { type Drawn, drawn, firstLook, nodeBeside, revealed, toggled, treeOf, turned } from '../model/chart.ts';
import type { ChartSeat, Mark } from '../model/draft.ts';
import { layTree, type Spot } from '../model/tree.ts';
import { t } from '../text/en.ts';
import { Canvas } from '../ui/canvas.tsx';
import { CARD, type CardNode, NODES } from './chart-card.tsx';
import { useSeatDrag } from './chart-drag.ts';

export type Work = ReadonlyMap<string, { readonly inbox: number; readonly runs: number }>;

/** How seats are changed on the chart. */
export interface Editing {
  readonly selected: string | null;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly select: (seat: string) => void;
  /** A seat was dropped on this node of the chart. */
  readonly drop: (seat: string, onto: string) => void;
}

/** Where the view goes: to a node, or so that a node stays where it is on the screen. */
interface Look {
  readonly key: string;
  readonly how: 'centre' | 'keep';
  readonly focus: boolean;
}

export default function Chart({
  seats,
  work,
  find,
  editing,
  className,
}: {
  readonly seats: readonly ChartSeat[];
  readonly work: Work;
  /** The seat to show; a new object shows it again. */
  readonly find: { readonly seat: string } | null;
  readonly editing?: Editing;
  readonly className: string;
}) {
  const navigate = useNavigate();
  const tree = useMemo(() => treeOf(seats), [seats]);
  const byId = useMemo(() => new Map(seats.map((seat) => [seat.id, seat])), [seats]);
  const [looked, setLooked] = useState(() => firstLook(tree));
  const [look, setLook] = useState<Look | null>(null);
  const nodes = useMemo(() => drawn(tree, looked), [tree, looked]);
  const spots = useMemo(() => layTree(nodes.map(asSeat), CARD), [nodes]);
  const drag = useSeatDrag(editing?.drop);
  const show = (key: string, focus: boolean) => {
    setLooked((before) => revealed(tree, before, key));
    setLook({ key, how: 'centre', focus });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a seat is shown when it is asked for, not whenever the tree changes
  useEffect(() => {
    if (find) show(find.seat, false);
  }, [find]);
  const press = (from: string) => (event: KeyboardEvent) => {
    const to = nodeBeside(nodes, from, event.key);
    if (!to) return;
    event.preventDefault();
    setLook({ key: to, how: 'centre', focus: true });
  };
  const act = (node: Drawn) => {
    if (node.kind === 'turn') setLooked((before) => turned(tree, before, node.under, node.by));
    else if (node.kind === 'unit') toggle(node.key);
    else if (editing) editing.select(node.key);
    else void navigate({ to: '/organisation/$id', params: { id: node.key } });
  };
  const toggle = (key: string) => {
    setLooked((before) => toggled(tree, before, key));
    setLook({ key, how: 'keep', focus: false });
  };
  const cards = nodes.map(
    (node): CardNode => ({
      id: node.key,
      type: 'card',
      position: spots.get(node.key)!,
      initialWidth: CARD.width,
      initialHeight: CARD.height,
      data: {
        node,
        seat: byId.get(node.key) ?? null,
        work: work.get(node.key) ?? null,
        mark: editing?.marks.get(node.key) ?? null,
        selected: editing ? editing.selected === node.key : null,
        act: () => act(node),
        press: press(node.key),
        toggle: () => toggle(node.key),
        hold: editing && node.kind === 'seat' ? drag.hold(node.key) : null,
      },
    }),
  );
  const edges = nodes
    .filter(({ supervisor }) => supervisor !== null)
    .map(({ key, supervisor }) => ({ id: key, source: supervisor!, target: key, type: 'smoothstep' }));
  return (
    <div className="relative">
      <Canvas
        label={t.organisation.chartLabel}
        className={className}
        padding={0.12}
        nodes={cards}
        edges={edges}
        nodeTypes={NODES}
        all
        inside={<Follow spots={spots} look={look} />}
      />
      <div
        ref={drag.ghost}
        aria-hidden
        hidden
        className="pointer-events-none fixed top-0 left-0 z-50 rounded-lg border border-accent bg-accent-tint px-3 py-1.5 font-semibold shadow-float"
      />
    </div>
  );
}

const asSeat = ({ key, supervisor }: Drawn) => ({ id: key, supervisor });

/** Moves the view: what was opened stays where it is, what was looked for comes to the middle. */
function Follow({ spots, look }: { spots: ReadonlyMap<string, Spot>; look: Look | null }) {
  const { getViewport, setViewport, setCenter } = useReactFlow();
  const before = useRef(spots);
  const store = useStoreApi();
  // What is pressed stays large enough when the chart is small.
  useOnViewportChange({
    onChange: ({ zoom }) => store.getState().domNode?.style.setProperty('--zoom', zoom.toFixed(3)),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each look; the places are those drawn by then
  useEffect(() => {
    const spot = look && spots.get(look.key);
    const old = look && before.current.get(look.key);
    if (spot && look.how === 'centre') {
      const { zoom } = getViewport();
      void setCenter(spot.x + CARD.width / 2, spot.y + CARD.height, { zoom: Math.max(zoom, 0.8) });
      if (look.focus) focusNode(look.key);
    } else if (spot && old) {
      const { x, y, zoom } = getViewport();
      void setViewport({ x: x - (spot.x - old.x) * zoom, y: y - (spot.y - old.y) * zoom, zoom });
    }
  }, [look]);
  useEffect(() => {
    before.current = spots;
  }, [spots]);
  return null;
}

const focusNode = (key: string): void =>
  document.querySelector<HTMLElement>(`[data-node="${CSS.escape(key)}"] button`)?.focus({ preventScroll: true });
