import { EmailIntelError } from '../../../lib/errors';
import { HttpError } from '../../../lib/http';
import { OpenCtiError } from '../../../lib/opencti';
import { attempt } from '../../../lib/opencti/platform';

class OtherError extends EmailIntelError {
	constructor() {
		super('STIX_INVALID', 'Not that one');
	}
}

const failing = (error: Error) => () => Promise.reject(error);

describe('one of several things', () => {
	it('that works gives its value', async () => {
		expect(await attempt(() => Promise.resolve(7))).toEqual({ value: 7 });
	});

	it.each([
		[new OpenCtiError('OPENCTI_TOKEN_REFUSED', 'x'), true],
		[new OpenCtiError('OPENCTI_UNAVAILABLE', 'x'), true],
		[new OpenCtiError('OPENCTI_URL_WRONG', 'x'), true],
		[new OpenCtiError('OPENCTI_DRAFT_CLOSED', 'x'), true],
		[new HttpError('HTTP_TLS', 'x'), true],
		[new HttpError('HTTP_PROXY', 'x'), true],
		[new HttpError('HTTP_ANSWER_TOO_LARGE', 'x'), false],
		[new OpenCtiError('OPENCTI_REFUSED', 'x'), false],
		[new OpenCtiError('OPENCTI_VALIDATION', 'x'), false],
		[new OpenCtiError('OPENCTI_LOCKED', 'x'), false],
		[new OpenCtiError('OPENCTI_TOO_LARGE', 'x'), false],
		[new OtherError(), false],
	])('that fails with %o: every other one would too is %s', async (error, isShared) => {
		expect(await attempt(failing(error))).toEqual({
			failure: { code: error.code, message: error.message },
			error,
			isShared,
		});
	});

	it('is told with its hint', async () => {
		const failed = await attempt(failing(new OpenCtiError('OPENCTI_REFUSED', 'x', { hint: 'Look at the log.' })));
		expect(failed).toMatchObject({ failure: { hint: 'Look at the log.' } });
	});

	it('over which the code stumbles is told where somebody can say what it means, and thrown where not', async () => {
		const stumble = failing(new TypeError('x is not a function'));
		await expect(attempt(stumble)).rejects.toThrow(TypeError);
		const failure = { code: 'OPENCTI_INPUT', message: 'Not a valid object' };
		expect(await attempt(stumble, () => failure)).toMatchObject({ failure, isShared: false });
	});
});
