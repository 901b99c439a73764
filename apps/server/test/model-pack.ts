/** An organisation of one desk that a model works, at whatever provider it is given. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folder } from './support.ts';

const ORGANISATION = (url: string, stream: boolean) => `
units: [{ id: shop, title: Shop, kind: company }]
seats:
  - { id: owner, title: Owner, unit: shop, charter: { purpose: Decide, tier: executor }, occupant: { principal: kim, kind: human } }
  - id: desk
    title: Desk
    unit: shop
    supervisor: owner
    charter: { purpose: Work, tier: bounded, stop: { steps: 20 } }
    occupant: { principal: desk-model, kind: model, model: big }
models: [{ id: big, provider: openai, name: big-1, endpoint: "${url}", secret: key, stream: ${stream} }]
prices:
  - { id: in, of: big, unit: input-tokens, price: "$0.00", from: "2026-01-01" }
  - { id: out, of: big, unit: output-tokens, price: "$0.00", from: "2026-01-01" }
`;

/** The folder of the pack. Its model is called `big`, the secret it needs `key`. */
export async function modelPack(url: string, { stream = false } = {}): Promise<string> {
  const path = await folder();
  await writeFile(join(path, 'pack.yaml'), 'pack: loud\nversion: 1\nname: Loud\nsettings: { intake: desk }\n');
  await writeFile(join(path, 'all.yaml'), ORGANISATION(url, stream));
  return path;
}
