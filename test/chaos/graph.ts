import { graphStory } from '../unit/mailbox/graphStory';
import type { ChaosTarget } from './target';

/** The trigger on a Microsoft 365 mailbox that leaves out, empties, refuses, forgets and does not tell; see the story. */
const target = (name: string, moves: 'told' | 'untold'): ChaosTarget => ({
	name,
	run: async ({ deliveries, seed }) => {
		const end = await graphStory({ deliveries, seed, moves });
		const { lost, doubled, unrecognised, wrong, errors, trouble, warnings } = end;
		if (wrong.length > 0) throw new Error(`Other bytes than the mailbox has: ${wrong.slice(0, 3).join(', ')}`);
		if (errors.length > 0) throw new Error(`Errors that do not pass: ${errors.slice(0, 3).join('; ')}`);
		return {
			lost,
			doubled,
			repeated: unrecognised,
			tally: {
				deliveries: end.delivered,
				polls: end.polls,
				'polls that failed': end.failed,
				requests: end.requests,
				'characters of the largest position': end.largestState,
				'older than the look-back, named or changed': end.uncalled,
				...trouble,
				...Object.fromEntries(Object.entries(warnings).map(([code, count]) => [`warned of ${code}`, count])),
			},
		};
	},
});

export const graphChaos = target('graph', 'told');
/** An Exchange whose delta query does not name what is moved in. */
export const graphUntoldChaos = target('graph-untold', 'untold');
