/** The chart of seats: what each is doing, and in the mode that restructures, a place to move them. Loaded when looked at. */
import { useNavigate } from '@tanstack/react-router';
import { useOnViewportChange, useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import {
  type Drawn,
  drawn,
  firstLook,
  nodeBeside,
  revealed,
  type Tree,
  toggled,
  treeOf,
  turned,
} from '../model/chart.ts';
import type { ChartSeat, Mark } from '../model/draft.ts';
import { layTree, type Spot } from '../model/tree.ts';
import { t } from '../text/en.ts';
import { Canvas } from '../ui/canvas.tsx';
import { CARD, type CardActions, type CardNode, kept, NODES } from './chart-card.tsx';
import { useSeatDrag } from './chart-drag.ts';

export type Work = ReadonlyMap<string, { readonly inbox: number; readonly runs: number }>;

/** How seats are changed on the chart. */
interface Editing {
  readonly selected: string | null;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly select: (seat: string) => void;
  /** A seat was dropped on this node of the chart. */
  readonly drop: (seat: string, onto: string) => void;
}

/** The seat to show; a new object shows it again. `gently`: the view moves only when it is out of sight. */
export interface Find {
  readonly seat: string;
  readonly gently: boolean;
}

/** Where the view goes: to a node, to one that is out of sight, or so that a node stays where it is on the screen. */
interface Look {
  readonly key: string;
  readonly how: 'centre' | 'see' | 'keep';
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
  readonly find: Find | null;
  readonly editing?: Editing;
  readonly className: string;
}) {
  const navigate = useNavigate();
  const tree = useMemo(() => treeOf(seats), [seats]);
  const byId = useMemo(() => new Map(seats.map((seat) => [seat.id, seat])), [seats]);
  const { nodes, look, toggle, turn, see } = useLooked(tree, find);
  const spots = useMemo(() => layTree(nodes.map(asSeat), CARD), [nodes]);
  const drag = useSeatDrag(editing?.drop);
  const actions = useLatest<CardActions>({
    press: (from, event) => {
      const to = nodeBeside(nodes, from, event.key);
      if (!to) return;
      event.preventDefault();
      see(to);
    },
    act: (node) => {
      if (node.kind === 'turn') turn(node);
      else if (node.kind === 'unit') toggle(node.key);
      else if (editing) editing.select(node.key);
      else void navigate({ to: '/organisation/$id', params: { id: node.key } });
    },
    toggle,
    hold: drag.hold,
  });
  const before = useRef<ReadonlyMap<string, CardNode>>(new Map());
  const cards = nodes.map((node) =>
    kept(before.current.get(node.key), spots.get(node.key)!, {
      node,
      seat: byId.get(node.key) ?? null,
      work: work.get(node.key) ?? null,
      mark: editing?.marks.get(node.key) ?? null,
      selected: editing ? editing.selected === node.key : null,
      found: !editing && find?.seat === node.key,
      held: editing !== undefined && node.kind === 'seat',
      actions,
    }),
  );
  useEffect(() => {
    before.current = new Map(cards.map((card) => [card.id, card]));
  });
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
        least={0.5}
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

/** What is drawn of the tree, and where the view goes when that changes. */
function useLooked(tree: Tree, find: Find | null) {
  const [looked, setLooked] = useState(() => firstLook(tree));
  const [look, setLook] = useState<Look | null>(null);
  const nodes = useMemo(() => drawn(tree, looked), [tree, looked]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a seat is shown when it is asked for, not whenever the tree changes
  useEffect(() => {
    if (!find) return;
    setLooked((before) => revealed(tree, before, find.seat));
    setLook({ key: find.seat, how: find.gently ? 'see' : 'centre', focus: false });
  }, [find]);
  return {
    nodes,
    look,
    toggle: (key: string) => {
      setLooked((before) => toggled(tree, before, key));
      setLook({ key, how: 'keep', focus: false });
    },
    turn: ({ under, by }: Drawn) => setLooked((before) => turned(tree, before, under, by)),
    /** Moves the view, if need be, and the focus. */
    see: (key: string) => setLook({ key, how: 'see', focus: true }),
  };
}

/** The same object for good, that does what was given last: a card is not drawn anew because a function is another one. */
function useLatest<T extends object>(given: T): T {
  const latest = useRef(given);
  useEffect(() => {
    latest.current = given;
  });
  const [same] = useState(() => new Proxy(given, { get: (_, name) => latest.current[name as keyof T] }));
  return same;
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
    if (!spot) return;
    const { x, y, zoom } = getViewport();
    const centre = (at: number) => setCenter(spot.x + CARD.width / 2, spot.y + CARD.height, { zoom: at });
    if (look.how === 'centre') void centre(Math.max(zoom, 0.8));
    else if (look.how === 'see' && !isInSight(spot, { x, y, zoom }, store.getState())) void centre(zoom);
    else if (look.how === 'keep' && old)
      void setViewport({ x: x - (spot.x - old.x) * zoom, y: y - (spot.y - old.y) * zoom, zoom });
    if (look.focus) focusNode(look.key);
  }, [look]);
  useEffect(() => {
    before.current = spots;
  }, [spots]);
  return null;
}

/** Is the whole card on the screen? `width` and `height` are those of the chart. */
function isInSight(
  spot: Spot,
  { x, y, zoom }: { x: number; y: number; zoom: number },
  { width, height }: { width: number; height: number },
): boolean {
  const [left, top] = [spot.x * zoom + x, spot.y * zoom + y];
  return left >= 0 && top >= 0 && left + CARD.width * zoom <= width && top + CARD.height * zoom <= height;
}

const focusNode = (key: string): void =>
  document.querySelector<HTMLElement>(`[data-node="${CSS.escape(key)}"] button`)?.focus({ preventScroll: true });
