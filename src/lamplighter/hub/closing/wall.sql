-- Nobody drops a case alone. Two people sign a proposal, a stalking lead and a supervisor, and neither of them wrote it;
-- or a named senior, who wrote neither the proposal nor the request, lets it be dropped although something is missing.
CREATE OR REPLACE FUNCTION closing_signed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM closing_proposal p JOIN accounts_user u ON u.id = NEW.by_id
        WHERE p.id = NEW.proposal_id AND p.case_id = NEW.case_id
          AND NEW.by_id = coalesce(access.actor(), NEW.by_id) AND NEW.by_id <> p.by_id
          AND CASE NEW.capacity WHEN 'lead' THEN u.role = 'stalking_lead'
                                WHEN 'supervisor' THEN u.role IN ('coordinator', 'stalking_lead') END
    ) THEN
        RAISE EXCEPTION 'a closing is signed by others than its author' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION closing_overridden() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM closing_overrideask a JOIN closing_proposal p ON p.id = a.proposal_id
        JOIN accounts_user u ON u.id = NEW.by_id
        WHERE a.id = NEW.ask_id AND a.case_id = NEW.case_id
          AND NEW.by_id = coalesce(access.actor(), NEW.by_id) AND NEW.by_id = a.senior_id
          AND NEW.by_id <> a.by_id AND NEW.by_id <> p.by_id AND u.role IN ('coordinator', 'stalking_lead')
    ) THEN
        RAISE EXCEPTION 'the senior who is named answers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- The newest proposal of the case, of this outcome, is carried by two signatures of two people, or by an override.
CREATE OR REPLACE FUNCTION closing_carried() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.dropped_as <> '' AND NOT EXISTS (
        SELECT 1 FROM closing_proposal p
        WHERE p.id = (SELECT max(o.id) FROM closing_proposal o WHERE o.case_id = NEW.case_id)
          AND p.outcome = NEW.dropped_as
          AND p.at > coalesce((SELECT max(c.at) FROM cases_closing c WHERE c.case_id = NEW.case_id), '-infinity')
          AND ((SELECT count(DISTINCT s.by_id) = 2 AND count(DISTINCT s.capacity) = 2 FROM closing_signature s
                WHERE s.proposal_id = p.id AND s.answer = 'agreed' AND s.by_id <> p.by_id)
            OR EXISTS (SELECT 1 FROM closing_overrideask a JOIN closing_overrideanswer r ON r.ask_id = a.id
                       WHERE a.proposal_id = p.id AND r.answer = 'agreed'
                         AND r.by_id <> p.by_id AND r.by_id <> a.by_id))
    ) THEN
        RAISE EXCEPTION 'nobody drops a case alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION closing_authorised() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM closing_identitydecision d
        WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id
          AND NEW.by_id = coalesce(access.actor(), NEW.by_id) AND NEW.by_id = d.authoriser_id AND NEW.by_id <> d.by_id
    ) THEN
        RAISE EXCEPTION 'somebody who is named answers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION closing_signed(), closing_overridden(), closing_carried(), closing_authorised() FROM PUBLIC;
CREATE OR REPLACE TRIGGER signed BEFORE INSERT ON closing_signature
    FOR EACH ROW EXECUTE FUNCTION closing_signed();
CREATE OR REPLACE TRIGGER overridden BEFORE INSERT ON closing_overrideanswer
    FOR EACH ROW EXECUTE FUNCTION closing_overridden();
CREATE OR REPLACE TRIGGER carried BEFORE INSERT ON cases_closing
    FOR EACH ROW EXECUTE FUNCTION closing_carried();
CREATE OR REPLACE TRIGGER named_authoriser BEFORE INSERT ON closing_identityauthorised
    FOR EACH ROW EXECUTE FUNCTION closing_authorised();
