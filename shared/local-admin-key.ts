/** Opens `/api` of a local stack in which every service is a stand-in: it guards nothing. */
export const localAdminKey = `bm_${"10ca1".repeat(13).slice(0, 64)}`;
