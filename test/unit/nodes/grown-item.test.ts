import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { grown, hintAtGaps } from '../../../nodes/shared/items';

const context = (item: INodeExecutionData) => ({ getInputData: () => [item] }) as unknown as IExecuteFunctions;
const LATE = { code: 'late', message: 'One page is missing' };
const CUT = { code: 'cut', message: 'The text is cut' };

describe('An item that grows', () => {
	const binary = { email: { data: 'SGVsbG8=', mimeType: 'message/rfc822' } };
	const item = { json: { subject: 'Hello', warnings: [CUT], complete: false }, binary };

	it('keeps its fields and files, and has what the node knows beside them', () => {
		const result = grown(context(item), 0, { pattern: '[a:b = 1]' });
		expect(result).toEqual({ json: { ...item.json, pattern: '[a:b = 1]' }, binary });
	});

	it('has the warnings of every node, each once', () => {
		expect(grown(context(item), 0, {}, { warnings: [CUT, LATE] }).json.warnings).toEqual([CUT, LATE]);
	});

	it.each([
		[false, true, false],
		[true, false, false],
		[undefined, false, false],
		[true, true, true],
		[undefined, true, true],
		[true, undefined, true],
		[undefined, undefined, undefined],
	])('complete %s before and %s here is %s', (before, complete, expected) => {
		const json = before === undefined ? {} : { complete: before };
		expect(grown(context({ json }), 0, {}, { complete }).json.complete).toBe(expected);
	});

	it.each([
		['a warning that tells of nothing missing', { warnings: [LATE] }, 0],
		['nothing', {}, 0],
		['what is missing here, too', { warnings: [LATE], complete: false }, 1],
	])('that was incomplete before: %s (%j) gives hints in the output pane: %j', (_what, outcome, expected) => {
		const hints: string[] = [];
		const pane = {
			...context(item),
			addExecutionHints: ({ message }: { message: string }) => hints.push(message),
		} as unknown as IExecuteFunctions;
		hintAtGaps(pane, [{ ...grown(pane, 0, { pattern: '' }, outcome), pairedItem: { item: 0 } }]);
		expect(hints).toHaveLength(expected);
	});
});
