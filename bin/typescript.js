// Runs Reeve's TypeScript from source: `node --import ./bin/typescript.js FILE`, or import it before the file.
import { register } from 'node:module';

process.setSourceMapsEnabled(true);
register('./typescript-hooks.js', import.meta.url);
