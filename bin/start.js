#!/usr/bin/env node
// `npm start`: installs what is missing, then runs the bundled organisation. Everything else is in apps/cli/src/start/main.ts.
import { checkNode, install, isInstalled, run } from './launch.js';

checkNode();
if (!isInstalled()) install();
run('apps/cli/src/start/main.ts');
