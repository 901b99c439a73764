/**
 * What things a capability is about, and what things a sentence is about: so that "book the hotel" asks for the capability that books
 * hotels and not for any that makes something. A capability says it itself, by its name, title and sensitive arguments; a few groups of
 * everyday English nouns lead different names of one thing together. A group missing here makes the choice less narrow or asks.
 */
import { once } from './index-of.ts';
import type { Leaf } from './sources.ts';
import { occurs, stem, words } from './text.ts';
import { isVerbOnly, kindsOf } from './verbs.ts';

/** What is told of a capability. */
export interface Offer {
  readonly id: string;
  readonly title: string;
  readonly effect: string;
  readonly sensitive: readonly string[];
}

const GROUPS = (
  [
    'event meeting appointment calendar agenda diary call lunch dinner breakfast coffee slot reminder session interview talk sync ' +
      'workshop conference party standup rehearsal lesson',
    'viewing visit tour appointment showing show',
    'mail email message letter note line thread inbox newsletter advert spam',
    'file document doc sheet spreadsheet folder drive minute report list note summary picture photo logo image md txt csv pdf docx ' +
      'xlsx png jpg draft presentation slide',
    'restaurant table dinner lunch breakfast brunch eat eatery bistro meal cuisine diner place supper',
    'hotel room accommodation stay night lodging hostel inn bed suite guesthouse',
    'car vehicle rental van automobile seater',
    'flight plane airline fly seat airport',
    'train rail seat coach bus',
    'transport ride taxi cab lift pickup',
    'participant guest attendee invitee invitation',
    'booking reservation hotel table car flight room seat',
    'ticket issue bug incident',
    'shipment parcel package delivery goods consignment cargo freight pallet',
    'notice announcement board poster',
    'service server app application system deployment deploy release',
    'substitute replacement cover stand-in',
    'listing flat apartment house property ad rent',
    'user member account',
    'task todo job chore errand',
    'order purchase',
    'group channel room team chat',
  ] as const
).map((group) => group.split(' ').map(stem));

const GROUPS_OF = new Map<string, string[]>();
for (const [i, group] of GROUPS.entries())
  for (const word of group) GROUPS_OF.set(word, [...(GROUPS_OF.get(word) ?? []), `group ${i}`]);

/** The words and the groups they belong to. */
function withGroups(own: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const word of own) {
    found.add(word);
    for (const group of GROUPS_OF.get(word) ?? []) found.add(group);
  }
  return found;
}

/** Words that stand in the title of anything. */
const NOTHING = new Set(
  'id name person people somebody someone new own another give put make thing data value text content'
    .split(' ')
    .map(stem),
);

const spaced = (id: string): string => id.replaceAll(/[._-]/g, ' ');

/** What a capability is about. */
export const objectsOf = once((offer: Offer): ReadonlySet<string> => {
  const { verbs } = kindsOf(offer);
  const named = words(`${spaced(offer.id)} ${offer.sensitive.map(spaced).join(' ')}`);
  const told = [...words(offer.title)].filter((w) => !isVerbOnly(w));
  return withGroups([...named, ...told].filter((w) => !verbs.has(w) && !NOTHING.has(w)));
});

/** What a piece of the instruction is about. */
export const objectsIn = once((piece: { readonly words: ReadonlySet<string> }) => withGroups(piece.words));

/** Names the organisation's own records hold in a field: "Casa Azul" of a field "hotel" is a hotel. */
const named = new WeakMap<readonly Leaf[], Map<string, ReadonlySet<string>>>();
const NAME = { shortest: 3, longest: 60 } as const;

function read(leaves: readonly Leaf[], plain: string): ReadonlySet<string> {
  const fields = leaves.filter(
    (leaf) =>
      leaf.plain.length >= NAME.shortest &&
      leaf.plain.length <= NAME.longest &&
      /\p{L}/u.test(leaf.plain) &&
      plain.includes(leaf.plain) &&
      occurs(leaf.plain, plain),
  );
  return withGroups(fields.flatMap((leaf) => [...words(spaced(leaf.field.split('/').at(-1) ?? ''))]));
}

export function typesIn(plain: string, leaves: readonly Leaf[]): ReadonlySet<string> {
  const known = named.get(leaves) ?? new Map<string, ReadonlySet<string>>();
  named.set(leaves, known);
  const found = known.get(plain) ?? read(leaves, plain);
  known.set(plain, found);
  return found;
}
