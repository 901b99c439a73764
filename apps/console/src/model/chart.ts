/** Which part of a large organisation is drawn: what somebody opened, and never more than a screen can hold. Pure. */
import { reportsOf, type Seatlike } from './tree.ts';

export interface Placed extends Seatlike {
  readonly title: string;
  readonly unit: string;
}

/** More nodes than this are never drawn at once; what was opened longest ago closes. */
export const MOST = 200;
/** Reports of one seat that are shown at once; the rest is turned to. */
export const PAGE = 24;
/** Drawn by itself, before anybody opens anything. */
const FIRST = 60;

/** A node of the chart: a seat, the seats of one unit under a supervisor, or the way to the next of them. */
export interface Drawn {
  readonly key: string;
  /** Key of the node above; null at the top. */
  readonly supervisor: string | null;
  readonly kind: 'seat' | 'unit' | 'turn';
  /** Of `unit`: which, and under whom. Of `turn`: under which node. */
  readonly unit: string;
  readonly under: string;
  /** Nodes right below, shown or not; of `turn`: how many it leads to. */
  readonly below: number;
  readonly open: boolean;
  /** Of `turn`: back or forth. */
  readonly by: number;
}

export interface Tree {
  readonly seats: ReadonlyMap<string, Placed>;
  /** Keys below each key, '' for the top. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  readonly parents: ReadonlyMap<string, string>;
}

/** What is open, the latest last, and from which report on the reports of a node are shown. */
export interface Looked {
  readonly open: readonly string[];
  readonly from: Readonly<Record<string, number>>;
}

const unitKey = (supervisor: string, unit: string): string => `${supervisor}/${unit}`;
/** `/` is in no id of a seat. */
export const isUnitKey = (key: string): boolean => key.includes('/');
export const unitOfKey = (key: string): { supervisor: string; unit: string } => {
  const at = key.indexOf('/');
  return { supervisor: key.slice(0, at), unit: key.slice(at + 1) };
};

/** More reports than fit on a page are gathered by their units, where there are several. */
function gathered(id: string, reports: readonly string[], seats: ReadonlyMap<string, Placed>): Map<string, string[]> {
  const units = new Map<string, string[]>();
  for (const report of reports) {
    const key = unitKey(id, seats.get(report)!.unit);
    const list = units.get(key);
    if (list) list.push(report);
    else units.set(key, [report]);
  }
  return units;
}

export function treeOf(list: readonly Placed[]): Tree {
  const seats = new Map(list.map((seat) => [seat.id, seat]));
  const children = new Map<string, readonly string[]>();
  const parents = new Map<string, string>();
  for (const [above, reports] of reportsOf(list)) {
    const units = reports.length > PAGE && above !== '' ? gathered(above, reports, seats) : new Map();
    const groups: [string, readonly string[]][] =
      units.size > 1 ? [[above, [...units.keys()]], ...units] : [[above, reports]];
    for (const [key, below] of groups) {
      children.set(key, below);
      for (const child of below) parents.set(child, key);
    }
  }
  return { seats, children, parents };
}

const window = (tree: Tree, { from }: Looked, key: string): { start: number; shown: readonly string[] } => {
  const all = tree.children.get(key) ?? [];
  const start = Math.min(from[key] ?? 0, Math.max(0, Math.ceil(all.length / PAGE) - 1) * PAGE);
  return { start, shown: all.slice(start, start + PAGE) };
};

function turn(key: string, by: number, below: number): Drawn {
  const supervisor = key === '' ? null : key;
  return {
    key: `${key}/${by > 0 ? '>' : '<'}`,
    supervisor,
    kind: 'turn',
    unit: '',
    under: key,
    below,
    open: false,
    by,
  };
}

/** The nodes to draw, from the top down. */
export function drawn(tree: Tree, looked: Looked): Drawn[] {
  const open = new Set(looked.open);
  const nodes: Drawn[] = [];
  const walk = (key: string, depth: number): void => {
    // A circle in the data ends here rather than never.
    if (depth > 100) return;
    const { start, shown } = window(tree, looked, key);
    const rest = (tree.children.get(key)?.length ?? 0) - start - shown.length;
    if (start > 0) nodes.push(turn(key, -1, start));
    for (const child of shown) {
      const unit = isUnitKey(child);
      const below = tree.children.get(child)?.length ?? 0;
      const isOpen = below > 0 && open.has(child);
      const what = unit ? unitOfKey(child) : { supervisor: key, unit: tree.seats.get(child)!.unit };
      const supervisor = key === '' ? null : key;
      const kind = unit ? 'unit' : 'seat';
      nodes.push({
        ...{ key: child, supervisor, kind, unit: what.unit, under: what.supervisor, below },
        open: isOpen,
        by: 0,
      });
      if (isOpen) walk(child, depth + 1);
    }
    if (rest > 0) nodes.push(turn(key, 1, rest));
  };
  walk('', 0);
  return nodes;
}

/** Keys from the top down to this one, without it. */
function above(tree: Tree, key: string): string[] {
  const line: string[] = [];
  for (let at = tree.parents.get(key); at !== undefined && at !== '' && line.length < 200; at = tree.parents.get(at))
    line.push(at);
  return line.reverse();
}

/** Closes what was opened longest ago until the rest can be drawn; what leads to `kept` stays open. */
function bounded(tree: Tree, looked: Looked, kept: string): Looked {
  const keep = new Set([...above(tree, kept), kept]);
  let { open } = looked;
  while (drawn(tree, { ...looked, open }).length > MOST) {
    const oldest = open.find((key) => !keep.has(key));
    if (oldest === undefined) break;
    open = open.filter((key) => key !== oldest);
  }
  return { ...looked, open };
}

/** Whole levels, as many as fit. */
export function firstLook(tree: Tree): Looked {
  const looked: Looked = { open: [], from: {} };
  const open: string[] = [];
  const below = (key: string): readonly string[] => window(tree, looked, key).shown;
  let level = below('');
  let count = level.length;
  while (level.length > 0) {
    const next = level.flatMap(below);
    if (next.length === 0 || count + next.length > FIRST) break;
    open.push(...level.filter((key) => below(key).length > 0));
    count += next.length;
    level = next;
  }
  return { ...looked, open };
}

/** Opens what is closed, and closes what is open. */
export function toggled(tree: Tree, looked: Looked, key: string): Looked {
  const open = looked.open.filter((each) => each !== key);
  if (open.length < looked.open.length) return { ...looked, open };
  return bounded(tree, { ...looked, open: [...open, key] }, key);
}

/** The next, or the former, reports of a node. */
export function turned(tree: Tree, looked: Looked, key: string, by: number): Looked {
  const { start } = window(tree, looked, key);
  return bounded(tree, { ...looked, from: { ...looked.from, [key]: Math.max(0, start + by * PAGE) } }, key);
}

/** Opens and turns to whatever leads to a seat, so that it is drawn. */
export function revealed(tree: Tree, looked: Looked, id: string): Looked {
  if (!tree.seats.has(id)) return looked;
  const line = above(tree, id);
  const path = [...line, id];
  const from = { ...looked.from };
  path.forEach((key, at) => {
    const parent = at === 0 ? '' : path[at - 1]!;
    const index = tree.children.get(parent)?.indexOf(key) ?? 0;
    from[parent] = Math.floor(Math.max(0, index) / PAGE) * PAGE;
  });
  const open = [...looked.open.filter((key) => !line.includes(key)), ...line];
  return bounded(tree, { open, from }, id);
}

/** Seats with these words in title, id or unit: first who is called just so, then whose name begins with them. */
export function seatsNamed<T extends Placed>(seats: readonly T[], words: string, most: number): T[] {
  const needle = words.trim().toLowerCase();
  if (needle === '') return [];
  const ranks: [T[], T[], T[]] = [[], [], []];
  for (const seat of seats) {
    const names = [seat.title.toLowerCase(), seat.id];
    if (names.includes(needle)) ranks[0].push(seat);
    else if (names.some((name) => name.startsWith(needle))) ranks[1].push(seat);
    else if ([...names, seat.unit].some((name) => name.includes(needle))) ranks[2].push(seat);
  }
  return ranks.flat().slice(0, most);
}

const SIDES: Readonly<Record<string, (nodes: readonly Drawn[], of: Drawn) => Drawn | undefined>> = {
  ArrowUp: (nodes, of) => nodes.find(({ key }) => key === of.supervisor),
  ArrowDown: (nodes, of) => nodes.find(({ supervisor }) => supervisor === of.key),
  ArrowLeft: (nodes, of) => beside(nodes, of, -1),
  ArrowRight: (nodes, of) => beside(nodes, of, 1),
};

function beside(nodes: readonly Drawn[], of: Drawn, by: number): Drawn | undefined {
  const row = nodes.filter(({ supervisor }) => supervisor === of.supervisor);
  return row[row.indexOf(of) + by];
}

/** The node an arrow key leads to from another one. */
export function nodeBeside(nodes: readonly Drawn[], key: string, arrow: string): string | undefined {
  const of = nodes.find((node) => node.key === key);
  return of && SIDES[arrow]?.(nodes, of)?.key;
}
