/**
 * Node 20 (V8 11.3) aborts ("unreachable code", in the deoptimizer) when optimised code that inlined a call into WebAssembly is
 * given up during that call. It happens within a few thousand calls of Cedar; without the inlining it cannot. Imported first.
 */
import { setFlagsFromString } from 'node:v8';

if (process.versions.node.startsWith('20.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');
