import { defineSeat } from '@reeve/sdk';
import weather from '../tools/weather.ts';

/** Reads the weather of the place in the subject, and asks to publish a warning when it is a storm. */
export default defineSeat({
  tools: [weather],
  work: async ({ desk, use }) => {
    const { case: work } = desk.briefing;
    if (!work) return { outcome: 'There is no case.' };
    const now = await use('weather.now', { place: work.subject });
    if (now.status !== 'done') return { outcome: `No weather: ${now.status}.` };
    if (now.result.wind < 20) return { outcome: `${now.result.celsius} °C, no storm.`, evidence: [now.operation] };
    const text = `Storm: ${now.result.wind} m/s.`;
    const warned = await use('weather.warn', { place: work.subject, text }, { why: text, confidence: 0.9 });
    return { outcome: `The warning is ${warned.status}.`, evidence: [now.operation, warned.operation] };
  },
});
