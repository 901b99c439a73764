import { z } from 'zod';

// A page whose policy allows no code made of text would report the mere attempt as a breach. Before any schema is made.
if (typeof document !== 'undefined') z.config({ jitless: true });
