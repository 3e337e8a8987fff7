import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { grown } from '../../../nodes/shared/items';

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
});
