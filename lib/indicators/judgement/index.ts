/** What is thought of a value: what hosts are known for, what the user said, what wraps what. Pure. */
export { Lookalikes, Vips } from './lookalikes';
export { mailboxAddress, ownDomainsOf } from './ownDomains';
export { mayRewrite, unwrapUrl, withoutRecipient, type Unwrapped } from './rewriters';
export { sightingsOf, type Judge } from './sightings';
export { addressFlags } from './specialUse';
export { isInNetworks, networkOf, UserLists } from './userLists';
export { WarningListMatcher } from './warningListMatcher';
export { readWarningLists, WarningListError, type WarningListErrorCode } from './warningLists';
