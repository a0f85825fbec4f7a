#include "actors/admin/journal_proof_json.hpp"

#include "actors/admin/json_text.hpp"
#include "actors/persistence/chain_walk.hpp"

namespace rm {

std::string proof_json(const journal_proof& proof) {
  json_writer out;
  out.begin_object().key("whole").flag(proof.intact).key("lines").number(proof.lines).key("unchained").number(proof.unchained);
  out.key("first_line").number(proof.first).key("from").time(proof.from).key("to").time(proof.to);
  out.key("tail").begin_object().key("line").number(proof.tail.line).key("link").text(proof.tail.link).end_object();
  out.key("remark").text(proof.intact ? proof.what : "").key("fault");
  if (proof.intact)
    out.null();
  else
    out.begin_object().key("kind").text(name_of(proof.fault)).key("line").number(proof.broken_at).key("what").text(proof.what).end_object();
  return out.end_object().take();
}

} // namespace rm
