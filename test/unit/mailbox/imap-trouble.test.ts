import { imapChaos } from '../../chaos/imap';

/** `npm run chaos -- imap --seed 7 --tell` tells a story event by event. */
describe('a trigger on an IMAP server in trouble of all kinds', () => {
	// Oldest and newest first; envelopes are asked for with every third seed.
	it.each([15, 4])(
		'500 deliveries, seed %i: none is lost, and none comes twice but what the trigger could not recognise and counts',
		async (seed) => {
			const { lost, doubled, tally } = await imapChaos.run({ deliveries: 500, seed });
			expect([lost, doubled]).toEqual([[], []]);
			// It was trouble: otherwise this proves nothing.
			expect(tally['polls that failed']).toBeGreaterThan(0);
			expect(tally['told as failed']).toBeGreaterThan(0);
			// The account knows what positions remember: otherwise each repetition would be forgiven.
			expect(tally['positions that remember']).toBeGreaterThan(5);
		},
		120_000,
	);
});
