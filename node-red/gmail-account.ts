import { registerAccount } from './shared/accounts';
import type { Runtime } from './shared/runtime';

export = (RED: Runtime): void => registerAccount(RED, 'gmail', ['clientSecret', 'refreshToken', 'proxy']);
