/** [PRV2] Which sentences of an instruction ask for what a capability does: by the kind of doing, and by the thing it is done to. */
import type { Clause, Intent, Part } from './intent.ts';
import { type Offer, objectsIn, objectsOf } from './objects.ts';
import { occurs, overlap } from './text.ts';
import { type Doing, kindsOf } from './verbs.ts';

export interface Request {
  readonly capability: Offer;
  /** All capabilities of the organisation that do something. */
  readonly offers: readonly Offer[];
  /** What the sensitive arguments say, normalised. */
  readonly targets: readonly string[];
  /** What things the organisation's own records say the names in a text are. */
  readonly types: (plain: string) => ReadonlySet<string>;
}

/** Anything can be said or paid: there the thing is not what is done. */
const BOUND: readonly Doing[] = ['create', 'update', 'delete', 'grant', 'decide', 'run'];
const common = (a: ReadonlySet<Doing>, b: ReadonlySet<Doing>): Doing[] => [...a].filter((doing) => b.has(doing));

const aboutOf = (piece: Part, r: Request): Set<string> => new Set([...objectsIn(piece), ...r.types(piece.plain)]);

const MAKES: readonly Doing[] = ['create', 'update', 'grant'];
/** To make, to change and to give somebody something are often said with the same words. */
const family = (kinds: readonly Doing[]): readonly Doing[] =>
  kinds.some((kind) => MAKES.includes(kind)) ? [...new Set([...kinds, ...MAKES])] : kinds;

/** Does a piece speak of this capability rather than of its rivals? Null when it speaks of none. */
function choice(rivals: readonly Offer[], own: Offer, score: (o: Offer) => number): boolean | null {
  const best = Math.max(0, ...rivals.map(score));
  return best === 0 ? null : score(own) * 2 >= best;
}

/**
 * Of the capabilities that do such a thing, those are meant that the nearest words speak of, its own first, then those before it. Null
 * when nobody says which.
 */
function meant(pieces: readonly Part[], kinds: readonly Doing[], r: Request): boolean | null {
  const alike = family(kinds);
  const rivals = r.offers.filter((o) => alike.some((kind) => kindsOf(o).doings.has(kind)));
  for (const piece of pieces) {
    const about = aboutOf(piece, r);
    const chosen = choice(rivals, r.capability, (o) => overlap(objectsOf(o), about));
    if (chosen !== null) return chosen;
  }
  // Nobody says what: then those that call what they do by the same verb.
  return choice(rivals, r.capability, (o) => overlap(kindsOf(o).verbs, pieces[0]!.words));
}

/** The sentence says what is to be done: in the capability's own kind, or in a neighbouring one and of the very thing. */
function says(clause: Clause, before: readonly Part[], r: Request): boolean {
  const does = kindsOf(r.capability).doings;
  if (common(does, clause.doings).some((kind) => !BOUND.includes(kind))) return true;
  const near = new Set(family([...does]));
  const own = clause.parts.flatMap((part, i) => {
    const here = common(near, part.doings);
    return here.length === 0 ? [] : [{ kinds: here, pieces: [part, ...clause.parts.slice(0, i).reverse(), ...before] }];
  });
  const whole = common(near, clause.doings);
  const all = own.length > 0 || whole.length === 0 ? own : [{ kinds: whole, pieces: [clause, ...before] }];
  return all.some((one) => meant(one.pieces, one.kinds, r) ?? one.kinds.some((kind) => does.has(kind)));
}

/** The sentence gives one of the targets, in full or as one calls somebody: "Joe" of "Joe Bell". */
const gives = (clause: Clause, r: Request): boolean =>
  r.targets.some(
    (target) =>
      target.length > 2 &&
      (occurs(target, clause.plain) || (/^\p{L}+ \p{L}/u.test(target) && clause.names.some((n) => occurs(n, target)))),
  );

const wishable = (o: Offer): boolean => MAKES.some((kind) => kindsOf(o).doings.has(kind));

/** The sentence wishes for a thing, and this is the capability that is most about it. */
function wished(clause: Clause, r: Request): boolean {
  if (
    !clause.wish ||
    !wishable(r.capability) ||
    [...clause.doings].some((doing) => doing !== 'read' && !MAKES.includes(doing))
  )
    return false;
  const about = aboutOf(clause, r);
  const own = overlap(objectsOf(r.capability), about);
  if (own === 0) return gives(clause, r);
  return r.offers.filter(wishable).every((o) => overlap(objectsOf(o), about) <= own);
}

/** The sentences that ask for what a capability does. Without a verb in its name and title, those that share a word of it. */
export function asking(intent: Intent, r: Request): Clause[] {
  const nothing = kindsOf(r.capability).doings.size === 0;
  return intent.clauses.filter((clause, i) => {
    if (nothing) return overlap(objectsOf(r.capability), clause.words) > 0;
    const before = intent.clauses.slice(0, i).reverse();
    return says(clause, before, r) || wished(clause, r);
  });
}

type Looks = { id: string; title: string; effect: string; taints?: boolean | undefined };

/** Looking things up is part of any work; where it looks is a question of its own. */
export function onlyLooks(capability: Looks): boolean {
  if (capability.effect === 'read') return true;
  const { doings } = kindsOf(capability);
  return capability.taints === true && doings.has('read') && !doings.has('send');
}
