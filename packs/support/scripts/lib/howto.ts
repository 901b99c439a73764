/** Short answers to questions about products, by keyword. The long form is in knowledge/products.md. */
const ANSWERS: readonly (readonly [pattern: RegExp, answer: string])[] = [
  [
    /wash|waschen|wasche|laver|lavo|clean/,
    'Wash by hand or on a gentle cycle at 30 °C with a soap made for outdoor fabrics, no softener; let it dry in the air. Down and membranes: rinse twice.',
  ],
  [
    /tent|pitch|zelt|tente|tienda|set(?:ting)? (?:it )?up|poles? (?:go|through)/,
    'Lay the inner tent flat, join the poles and push (never pull) them through the sleeves, then peg the windward side first. The full instructions are sewn into the bag.',
  ],
  [
    /stove|canister|gas|kocher|réchaud|fuel|hornillo/,
    'The Ember stove takes any threaded EN 417 canister (100, 230 or 450 g). Use it outdoors only and never inside a closed tent.',
  ],
  [
    /mat\b|inflate|matelas|colchoneta/,
    'Open the valve, let the mat draw air for ten minutes, then add five to ten breaths. Store it unrolled with the valve open.',
  ],
  [
    /filter|filtre/,
    'Flush the filter with half a litre before first use and back-flush it after every trip; it must not freeze once wet.',
  ],
  [
    /lamp|headlamp|batter|charge(?:s|d)? (?:by|via|it)|stirnlampe/,
    'The Lumen 300 charges by USB-C in two hours and runs 6 hours at full and 40 hours at low light.',
  ],
  [
    /boot|shoe|size|schuh|talla|pointure/,
    'Ridgewalker boots run true to size; with thick socks take half a size more. The size table is at the foot of every product page.',
  ],
  [
    /sleeping bag|temperature|warm|schlafsack/,
    'The Nordlicht bag has a comfort temperature of 2 °C and a limit of -4 °C by EN ISO 23537. Cold sleepers add a liner.',
  ],
  [
    /backpack|rucksack|pack\b|litre/,
    'Set the hip belt on the hip bones first, then the shoulder straps, then the load straps at about 45°. Back length is adjusted at the webbing behind the pad.',
  ],
  [
    /waterproof|impr[äe]gn|jacket|jacke|veste/,
    'Refresh the water repellence after every third wash: spray on, wipe off, tumble dry for 20 minutes on low heat.',
  ],
  [
    /hammock|hängematte|hamac/,
    'The hammock carries 180 kg. Hang it from trees at least 20 cm thick, straps at eye height, five paces apart.',
  ],
  [
    /pole|stöcke|bâton/,
    'Loosen the lock, set the pole so that the elbow is at 90°, and close the lever until it leaves a slight mark in the palm.',
  ],
];

/** The answer for a question; undefined when the product is not recognised. */
export function howto(text: string): string | undefined {
  const body = text.toLowerCase();
  return ANSWERS.find(([pattern]) => pattern.test(body))?.[1];
}
