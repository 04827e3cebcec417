import { Failure } from "../shared/failure.ts";

/** An answer for the asker's eyes only is not posted for everybody once its own address has expired. */
export function addressExpired(): Failure {
  return new Failure("address_expired", { reply: "Where the answer had to go has expired.", retry: false });
}
