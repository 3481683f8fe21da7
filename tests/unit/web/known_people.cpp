#include "tests/unit/web/known_people.hpp"

#include <algorithm>

namespace atlas::web::testing {

void known_people::decide(const actor& by, std::string what, const answer<outcome<nothing>>& done) {
  changes.push_back(by.name + "@" + by.address + " " + what);
  if (trouble) return done(tl::unexpected(*trouble));
  if (refusal) return done(tl::make_unexpected(*refusal));
  done(outcome<nothing>(nothing{}));
}

void known_people::list_sessions(std::optional<std::string> user, answer<std::vector<session_info>> done) {
  auto found = sessions;
  std::erase_if(found, [&](const session_info& one) { return user && one.user != *user; });
  done(std::move(found));
}

void known_people::end_session(actor by, std::string id, std::optional<std::string> user, answer<bool> done) {
  changes.push_back(by.name + "@" + by.address + " ends " + id);
  done(std::erase_if(sessions, [&](const session_info& one) {
         return one.id == id && (!user || one.user == *user);
       }) > 0);
}

void known_people::add_user(actor by, new_user asked, answer<outcome<nothing>> done) {
  decide(by, "adds " + asked.name + " " + std::string(to_string(asked.granted)) + " " + asked.password, done);
}

void known_people::change_user(actor by, std::string name, user_change asked, answer<outcome<nothing>> done) {
  decide(by,
         "changes " + name + " " + std::string(asked.granted ? to_string(*asked.granted) : "-") + " " +
             asked.password.value_or("-"),
         done);
}

void known_people::remove_user(actor by, std::string name, answer<outcome<nothing>> done) {
  decide(by, "removes " + name, done);
}

void known_people::change_password(actor by, std::string present, std::string wanted,
                                   answer<outcome<nothing>> done) {
  decide(by, "changes their password from " + present + " to " + wanted, done);
}

void known_people::make_token(actor by, new_token asked, answer<outcome<made_token>> done) {
  changes.push_back(by.name + "@" + by.address + " makes a token");
  if (refusal) return done(tl::make_unexpected(*refusal));
  if (asked.what == token_info::kind::enrollment) {
    const token_info shown{"4e1d22aa",   asked.what, asked.label,
                           role::viewer, unix_ms{},  asked.expires.value_or(from_unix_ms(7))};
    return done(outcome<made_token>(made_token{shown, "aft_secret", asked.uses}));
  }
  done(outcome<made_token>(
      made_token{{"3f9a01bc", token_info::kind::api, asked.label, asked.granted, unix_ms{}, asked.expires},
                 "afa_secret"}));
}

void known_people::revoke_token(actor by, std::string id, answer<bool> done) {
  changes.push_back(by.name + "@" + by.address + " revokes " + id);
  done(std::erase_if(tokens, [&](const token_info& one) { return one.id == id; }) > 0);
}

void known_people::list_audit(std::optional<std::int64_t> before, std::size_t limit,
                              answer<std::vector<audit_row>> done) {
  std::vector<audit_row> found;
  for (const auto& one : rows) {
    if ((!before || one.id < *before) && found.size() < limit) found.push_back(one);
  }
  done(std::move(found));
}

}  // namespace atlas::web::testing
