#pragma once

#include "ingest/alert_keeper.hpp"
#include "ingest/registry_worker.hpp"
#include "ingest/tenant_service.hpp"
#include "web/alert_desk.hpp"

#include <functional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace atlas::ingest {

// Acknowledgements at the fleet, silences in the registry; the store is written on the worker thread. Its
// calls are for the loop thread.
class registry_alert_desk final : public web::alert_desk {
 public:
  // All outlive this object, and the worker is joined before it goes. `of_worker` is the worker's connection.
  registry_alert_desk(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                      tenants::registry& of_worker, tenant_service& service, alert_keeper& keeper,
                      const wall_clock& clock, const history& samples, fleet_rules rules);

  void acknowledge(web::actor by, alert_key key, answer<outcome<alert>> done) override;
  void list_incidents(incident_query asked, answer<std::vector<incident>> done) override;
  void read_past(host_id host, unix_ms from, unix_ms to, answer<host_past> done) override;
  void list_silences(answer<std::vector<web::silence_info>> done) override;
  void add_silence(web::actor by, silence_terms asked, answer<outcome<web::silence_info>> done) override;
  void remove_silence(web::actor by, std::string id, answer<bool> done) override;
  // One at a time.
  void dry_run(web::dry_run_question asked, answer<outcome<std::string>> done) override;
  // What dry runs compare with.
  void set_rules(fleet_rules rules) { rules_ = std::move(rules); }
  // The same for a question in JSON, as the command line asks it; a refusal is {"error":"…"}.
  void answer_dry_run(const std::string& question, std::function<void(std::string)> done);

 private:
  template <class Value, class Work>
  void run(web::actor by, Work work, answer<Value> done);

  boost::asio::io_context& io_;
  registry_worker worker_;
  tenant_service& service_;
  alert_keeper& keeper_;
  const wall_clock& clock_;
  const history& history_;
  fleet_rules rules_;
  bool trying_ = false;
};

}  // namespace atlas::ingest
