/** Groups of seats that have something in common, of bounded size: the same for the same seats, whatever their order. */

/** What seats have in common, in the order in which equally good groupings are preferred. */
export const KINDS = ['domain', 'topic', 'skill', 'together', 'unit', 'zone'] as const;
export type Kind = (typeof KINDS)[number];

export interface Member {
  readonly id: string;
  readonly marks: Readonly<Record<Kind, readonly string[]>>;
}

export interface Group {
  /** What its members have in common; null when it is only a part of the whole. */
  readonly label: string | null;
  /** In the order of their ids. */
  readonly members: readonly Member[];
}

/** How many groups there may be, of how many members at most, and how many one usually has. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly size: number;
  readonly usual: number;
}

interface Bin {
  readonly label: string | null;
  readonly members: Member[];
  /** Everything somebody in it has. */
  readonly marks: Set<string>;
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : Number(a.id > b.id));
const marksOf = ({ marks }: Member): string[] => KINDS.flatMap((kind) => marks[kind].map((mark) => `${kind}:${mark}`));

/** How many have each mark of one kind. */
function spread(members: readonly Member[], kind: Kind): Map<string, number> {
  const found = new Map<string, number>();
  for (const { marks } of members) for (const mark of new Set(marks[kind])) found.set(mark, (found.get(mark) ?? 0) + 1);
  return found;
}

/** The mark a member shares with most others; what all have, or he alone, tells nobody apart. */
function markFor(member: Member, kind: Kind, counts: ReadonlyMap<string, number>, all: number): string | null {
  const telling = [...new Set(member.marks[kind])].filter((mark) => counts.get(mark)! > 1 && counts.get(mark)! < all);
  return telling.sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1))[0] ?? null;
}

/** A list in so many parts as nearly equal as can be. */
function cut<T>(list: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, i) =>
    list.slice(Math.floor((i * list.length) / parts), Math.floor(((i + 1) * list.length) / parts)),
  );
}

/** Those who share a mark, none larger than allowed; and those who share none. */
function clusters(members: readonly Member[], kind: Kind, size: number): { found: Group[]; alone: Member[] } {
  const counts = spread(members, kind);
  const shared = new Map<string, Member[]>();
  const alone: Member[] = [];
  for (const member of members) {
    const mark = markFor(member, kind, counts, members.length);
    if (mark === null) alone.push(member);
    else shared.set(mark, [...(shared.get(mark) ?? []), member]);
  }
  const found = [...shared].flatMap(([label, list]) =>
    cut(list, Math.ceil(list.length / size)).map((part): Group => ({ label, members: part })),
  );
  const order = (a: Group, b: Group) => b.members.length - a.members.length || byId(a.members[0]!, b.members[0]!);
  return { found: found.sort(order), alone };
}

const binOf = ({ label, members }: Group): Bin => ({
  label,
  members: [...members],
  marks: new Set(members.flatMap(marksOf)),
});

/** Where a member has most in common with, else where there are fewest; null when all are full. */
function placeFor(bins: readonly Bin[], member: Member, size: number): Bin | null {
  const own = marksOf(member);
  const near = (bin: Bin): number => own.filter((mark) => bin.marks.has(mark)).length;
  const free = bins.filter(({ members }) => members.length < size).map((bin) => ({ bin, near: near(bin) }));
  free.sort((a, b) => b.near - a.near || a.bin.members.length - b.bin.members.length);
  return free[0]?.bin ?? null;
}

function numberOf(natural: number, members: number, { least, most, size, usual }: Bounds): number {
  const enough = Math.max(least, Math.ceil(members / size));
  return Math.min(
    most,
    natural >= Math.max(2, least) ? Math.max(enough, natural) : Math.max(enough, Math.ceil(members / usual)),
  );
}

/**
 * Groups by one kind of what seats have in common: those who share a mark together, the rest where they have most in common
 * or where there is room. Everybody is in one group; at most `most` groups of at most `size`, as far as that holds all.
 */
export function grouped(all: readonly Member[], kind: Kind, bounds: Bounds): Group[] {
  const members = [...all].sort(byId);
  const { found, alone } = clusters(members, kind, bounds.size);
  const count = numberOf(found.length, members.length, bounds);
  const room = Math.max(bounds.size, Math.ceil(members.length / count));
  const bins = found.slice(0, count).map(binOf);
  while (bins.length < count) bins.push(binOf({ label: null, members: [] }));
  for (const member of [...found.slice(count).flatMap((group) => group.members), ...alone]) {
    const bin = placeFor(bins, member, room)!;
    bin.members.push(member);
    for (const mark of marksOf(member)) bin.marks.add(mark);
  }
  return bins.flatMap(({ label, members: list }) => (list.length === 0 ? [] : [{ label, members: list.sort(byId) }]));
}

/** The part of the members, 0 to 1, who have what at least half of their group has, and not all of the whole have. */
export function cohesion(groups: readonly Group[]): number {
  const all = groups.flatMap(({ members }) => members);
  const everywhere = counted(all);
  const held = groups.map(({ members }) => {
    const counts = counted(members);
    const telling = (mark: string) =>
      2 * counts.get(mark)! >= members.length && counts.get(mark)! > 1 && everywhere.get(mark)! < all.length;
    return members.filter((member) => marksOf(member).some(telling)).length;
  });
  return all.length === 0 ? 0 : held.reduce((sum, each) => sum + each, 0) / all.length;
}

function counted(members: readonly Member[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const member of members)
    for (const mark of new Set(marksOf(member))) found.set(mark, (found.get(mark) ?? 0) + 1);
  return found;
}
